package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Message;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What exchanges may ask of a message beyond its routing keys, chance included. Whoever routes keeps one for all
/// its messages; it notes whether anybody asked, for then the route is this message's alone and not to be kept.
/// Confined to one thread.
public final class MessageFacts {
    private final RandomGenerator random;
    private @Nullable Message message;
    private boolean asked;

    public MessageFacts(RandomGenerator random) {
        this.random = random;
    }

    /// The next questions are about this message.
    public MessageFacts of(Message routed) {
        message = routed;
        asked = false;
        return this;
    }

    /// Whether anything was asked since [#of].
    public boolean asked() {
        return asked;
    }

    Arguments headers() {
        asked = true;
        return message == null ? Arguments.NONE : message.attributes().get();
    }

    /// For how many milliseconds the message is to wait where messages can; 0 for none.
    public long delay() {
        return message == null || message.delayed() != 0 ? 0 : Delay.of(headers());
    }

    /// A property that every protocol keeps in a record header; null when the message has none.
    @Nullable
    String property(Bytes recordHeader) {
        asked = true;
        List<RecordHeader> headers = message == null ? List.of() : message.headers();
        for (int i = 0; i < headers.size(); i++) {
            RecordHeader header = headers.get(i);
            if (header.name().equals(recordHeader)) {
                return header.value() == null ? null : header.value().toUtf8();
            }
        }
        return null;
    }

    /// In milliseconds since the epoch; negative when the message has none.
    long timestamp() {
        asked = true;
        return message == null ? -1 : message.timestamp();
    }

    /// One of so many, by chance.
    int pick(int choices) {
        asked = true;
        return random.nextInt(choices);
    }
}
