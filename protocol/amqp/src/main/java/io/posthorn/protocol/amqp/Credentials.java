package io.posthorn.protocol.amqp;

import io.netty.buffer.Unpooled;
import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import io.posthorn.protocol.amqp.wire.AmqpException;
import io.posthorn.protocol.amqp.wire.FieldTable;
import io.posthorn.protocol.amqp.wire.MalformedException;
import io.posthorn.protocol.amqp.wire.ReplyCode;
import io.posthorn.protocol.connection.Printable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// How somebody proves who it is, out of a SASL response (RFC 4422).
sealed interface Credentials {
    /// The mechanisms of connection.start.
    String MECHANISMS = "PLAIN AMQPLAIN ANONYMOUS";

    /// Whoever names nobody is tried as guest with the password that everybody knows, as in RabbitMQ 4: where that
    /// does not open the door, this does not either.
    Password ANONYMOUS = new Password("guest", "guest".getBytes(StandardCharsets.UTF_8));

    String user();

    @SuppressWarnings("ArrayRecordComponent") // a password is never compared here
    record Password(String user, byte[] password) implements Credentials {}

    /// Proved by the client's certificate, when the connection was encrypted.
    record Certificate(String user) implements Credentials {}

    /// @param certified the name in the client's certificate, if it has shown one
    static String mechanisms(Optional<String> certified) {
        return certified.isPresent() ? MECHANISMS + " EXTERNAL" : MECHANISMS;
    }

    /// @param certified the name in the client's certificate, if it has shown one
    /// @param culprit the method that brought them
    static Credentials of(String mechanism, Bytes response, Optional<String> certified, int culprit) {
        if (mechanism.equals("EXTERNAL") && certified.isPresent()) {
            return new Certificate(certified.get());
        }
        return switch (mechanism) {
            case "PLAIN" -> plain(response, culprit);
            case "AMQPLAIN" -> amqplain(response, culprit);
            case "ANONYMOUS" -> ANONYMOUS;
            default ->
                throw new AmqpException(
                        ReplyCode.COMMAND_INVALID,
                        "unknown authentication mechanism '" + Printable.logged(mechanism) + "'",
                        culprit);
        };
    }

    // RFC 4616: [authzid] NUL authcid NUL passwd. The authorization identity is not used, as in RabbitMQ.
    private static Credentials plain(Bytes response, int culprit) {
        byte[] bytes = response.toByteArray();
        int first = indexOfNul(bytes, 0);
        int second = first < 0 ? -1 : indexOfNul(bytes, first + 1);
        if (second < 0) {
            throw invalid("PLAIN", culprit);
        }
        String user = new String(bytes, first + 1, second - first - 1, StandardCharsets.UTF_8);
        return new Password(user, Arrays.copyOfRange(bytes, second + 1, bytes.length));
    }

    // A field table without its length in front.
    private static Credentials amqplain(Bytes response, int culprit) {
        Arguments table;
        try {
            table = FieldTable.read(Unpooled.buffer()
                    .writeInt(response.length())
                    .writeBytes(response.array(), response.offset(), response.length()));
        } catch (MalformedException _) {
            throw invalid("AMQPLAIN", culprit);
        }
        return switch (table.get("PASSWORD")) {
            case String password
            when table.get("LOGIN") instanceof String user ->
                new Password(user, password.getBytes(StandardCharsets.UTF_8));
            case Bytes password
            when table.get("LOGIN") instanceof String user -> new Password(user, password.toByteArray());
            case null, default -> throw invalid("AMQPLAIN", culprit);
        };
    }

    private static int indexOfNul(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                return i;
            }
        }
        return -1;
    }

    // Says nothing of the response: it may hold a password.
    private static AmqpException invalid(String mechanism, int culprit) {
        return new AmqpException(ReplyCode.SYNTAX_ERROR, "response of mechanism " + mechanism + " is invalid", culprit);
    }
}
