package io.posthorn.protocol.amqp.wire;

import java.io.Serial;

/// Bytes that are not what they should be. Says where and why; which reply code that is, the caller knows.
public final class MalformedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
        super(message, null, false, false);
    }
}
