package io.posthorn.protocol.amqp;

import io.posthorn.protocol.amqp.wire.AmqpException;
import io.posthorn.protocol.amqp.wire.ConnectionMethod;
import io.posthorn.protocol.amqp.wire.ReplyCode;

/// What server and client agreed on. The client may lower what the server proposed, and not raise it; 0 means
/// no limit, which is higher than any.
record Tuning(int channelMax, int frameMax) {
    /// §4.2.3: every peer takes frames of 4096 octets. RabbitMQ refuses less than 8192 since 4.1; we do not.
    private static final int FRAME_MIN = 4_096;

    private static final int TUNE = new ConnectionMethod.Tune(0, 0, 0).id();

    static Tuning of(AmqpSettings settings, ConnectionMethod.TuneOk ok) {
        if (ok.frameMax() != 0 && ok.frameMax() < FRAME_MIN) {
            throw refusal("frame_max", ok.frameMax(), "lower than the minimum", FRAME_MIN);
        }
        check("frame_max", ok.frameMax(), settings.frameMax());
        check("channel_max", ok.channelMax(), settings.channelMax());
        return new Tuning(ok.channelMax(), (int) ok.frameMax());
    }

    private static void check(String field, long client, long server) {
        if (client == 0 || client > server) {
            throw refusal(field, client, "higher than the maximum", server);
        }
    }

    private static AmqpException refusal(String field, long client, String relation, long limit) {
        String detail = field.equals("channel_max") && client == 0 ? " (no limit)" : "";
        String text = "negotiated %s = %d%s is %s allowed value (%d)".formatted(field, client, detail, relation, limit);
        return new AmqpException(ReplyCode.NOT_ALLOWED, text, TUNE);
    }
}
