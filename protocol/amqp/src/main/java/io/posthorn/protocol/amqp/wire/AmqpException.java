package io.posthorn.protocol.amqp.wire;

import java.io.Serial;

/// The peer broke the rules, or asked for what it cannot have: ends its channel or its connection with a code
/// and a text.
public final class AmqpException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final ReplyCode code;
    private final int method;

    /// @param text without the code's name, which clients get in front of it
    /// @param method the offending one, see [Method#id]; 0 for none
    public AmqpException(ReplyCode code, String text, int method) {
        super(text, null, false, false);
        this.code = code;
        this.method = method;
    }

    public ReplyCode code() {
        return code;
    }

    public int classId() {
        return method >>> 16;
    }

    public int methodId() {
        return method & 0xffff;
    }

    /// The text as it is sent: `NOT_FOUND - no queue 'x' in vhost '/'`.
    public String replyText() {
        return code + " - " + getMessage();
    }

    /// The same failure, blamed on a method.
    public AmqpException during(Method culprit) {
        return method == 0 ? new AmqpException(code, String.valueOf(getMessage()), culprit.id()) : this;
    }
}
