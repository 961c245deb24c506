package io.posthorn.broker.queue;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.DeathReason;
import io.posthorn.broker.Message;
import io.posthorn.broker.QueueHandle;
import io.posthorn.broker.topic.DeadLetterTopic;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import java.util.ArrayList;
import java.util.List;

/// What a share group gives up of a topic and does not lose: a record for each goes to the group's topic of dead
/// letters
/// (KIP-1191), and says in headers where it was.
final class GroupDeadLetters implements Forwarding.Letters {
    // As Kafka words it.
    private static final String REJECTED = "Offset rejected by client.";
    private static final String TOO_OFTEN = "Offset delivery count exceeded the threshold.";

    private final QueueHandle cursor;
    private final DeadLetterTopic to;
    private final Redeliveries redeliveries;
    private final Surroundings shard;

    /// @param redeliveries of the cursor
    GroupDeadLetters(QueueHandle cursor, DeadLetterTopic to, Redeliveries redeliveries, Surroundings shard) {
        this.cursor = cursor;
        this.to = to;
        this.redeliveries = redeliveries;
        this.shard = shard;
    }

    /// No queue has lost them, and they go to one place only.
    @Override
    public boolean areDead() {
        return false;
    }

    @Override
    public Message of(Message message, byte reason) {
        throw new IllegalStateException("a cursor refuses nothing");
    }

    @Override
    public Message of(long offset, Message message, byte reason) {
        boolean wasRejected = DeathReason.of(reason) == DeathReason.REJECTED;
        // Who refuses a record has it; one that comes back for the last time was counted then.
        int deliveries = redeliveries.count(offset) + (wasRejected ? 1 : 0);
        List<RecordHeader> headers = new ArrayList<>(to.copiesRecord() ? message.headers() : List.of());
        headers.add(header("topic", cursor.name()));
        headers.add(header("partition", Integer.toString(cursor.partition())));
        headers.add(header("offset", Long.toString(offset)));
        headers.add(header("group", to.group()));
        headers.add(header("delivery.count", Integer.toString(deliveries)));
        headers.add(header("message", wasRejected ? REJECTED : TOO_OFTEN));
        return new Message(
                "",
                to.topic(),
                List.of(),
                to.copiesRecord() ? message.key() : null,
                headers,
                to.copiesRecord() ? message.body() : Message.TOMBSTONE,
                true,
                0,
                Message.NEVER,
                shard.now(),
                () -> Arguments.NONE);
    }

    private static RecordHeader header(String name, String value) {
        return new RecordHeader(Bytes.utf8("__dlq.errors." + name), Bytes.utf8(value));
    }
}
