package io.posthorn.verification.conformance.differential;

import io.posthorn.protocol.amqp.wire.BasicProperties;
import io.posthorn.protocol.amqp.wire.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a broker said, on which connection and channel.
sealed interface Heard {
    char connection();

    int channel();

    /// A method, with the content that follows it where one does.
    record Said(
            char connection,
            int channel,
            Method method,
            @Nullable Content content) implements Heard {}

    record Content(BasicProperties properties, String body) {}

    /// Messages confirmed, or refused, by their numbers: how many answers a broker makes of them is its own business.
    record Confirmed(char connection, int channel, boolean refused, List<Long> messages) implements Heard {}

    /// The end of a connection that no close announced.
    record Gone(char connection) implements Heard {
        @Override
        public int channel() {
            return 0;
        }
    }
}
