package io.posthorn.verification.conformance;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Method;

/// What the broker says when it closes a channel or a connection.
///
/// @param text in a table `{q}`, `{x}` and `{m}` stand for the names of its world
record Refusal(Scope scope, int code, String text, int classId, int methodId) {
    enum Scope {
        CHANNEL,
        CONNECTION
    }

    static Refusal of(Method reason) {
        return switch (reason) {
            case AMQP.Channel.Close close ->
                channel(close.getReplyCode(), close.getReplyText(), close.getClassId(), close.getMethodId());
            case AMQP.Connection.Close close ->
                connection(close.getReplyCode(), close.getReplyText(), close.getClassId(), close.getMethodId());
            default -> throw new AssertionError(reason);
        };
    }

    static Refusal channel(int code, String text, int classId, int methodId) {
        return new Refusal(Scope.CHANNEL, code, text, classId, methodId);
    }

    static Refusal connection(int code, String text, int classId, int methodId) {
        return new Refusal(Scope.CONNECTION, code, text, classId, methodId);
    }

    Refusal in(ErrorMatrixTest world) {
        String named =
                text.replace("{q}", world.queue).replace("{x}", world.exchange).replace("{m}", world.missing);
        return new Refusal(scope, code, named, classId, methodId);
    }
}
