package io.posthorn.remote;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import io.posthorn.events.EventsException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The client's failures in the library's words.
final class Failures {
    private Failures() {}

    static EventsException of(IOException failure, String server) {
        return failure.getCause() instanceof ShutdownSignalException closed
                ? of(closed, server)
                : new EventsException.Unreachable(server + " does not answer: " + failure.getMessage(), failure);
    }

    static EventsException of(ShutdownSignalException closed, String server) {
        if (closed instanceof AlreadyClosedException && closed.isHardError() && closed.isInitiatedByApplication()) {
            return new EventsException.Closed("the connection to " + server);
        }
        return switch (closed.getReason()) {
            case AMQP.Channel.Close close -> of(close.getReplyCode(), close.getReplyText(), closed);
            case AMQP.Connection.Close close ->
                closed.isInitiatedByApplication()
                        ? new EventsException.Closed("the connection to " + server)
                        : of(close.getReplyCode(), close.getReplyText(), closed);
            case Method other -> new EventsException.Unreachable(server + " ended the connection: " + other, closed);
            case null -> new EventsException.Unreachable(server + " has gone", closed);
        };
    }

    private static EventsException of(int code, String text, @Nullable Throwable cause) {
        return switch (code) {
            case AMQP.PRECONDITION_FAILED, AMQP.RESOURCE_LOCKED, AMQP.NOT_IMPLEMENTED ->
                new EventsException.Incompatible(text, cause);
            case AMQP.NOT_FOUND, AMQP.ACCESS_REFUSED, AMQP.NOT_ALLOWED, AMQP.RESOURCE_ERROR ->
                new EventsException.Refused(text, cause);
            default -> new EventsException.Unreachable(text, cause);
        };
    }
}
