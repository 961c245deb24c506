package io.posthorn.broker.queue;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.DeathReason;
import io.posthorn.broker.Message;
import io.posthorn.broker.QueueHandle;
import io.posthorn.broker.message.MessageDecoder;
import io.posthorn.broker.topic.DeadLetterTopic;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordCursor;
import io.posthorn.log.RecordHeader;
import java.util.ArrayList;
import java.util.List;

/// What a share group gives up of a topic and does not lose: a record for each goes to the group's topic of dead
/// letters (KIP-1191), and says in headers where it was.
final class GroupDeadLetters implements Forwarding.Letters {
    private static final String PREFIX = "__dlq.errors.";

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
    public Message of(RecordCursor record, Message message, byte reason) {
        long offset = record.offset();
        boolean wasRejected = DeathReason.of(reason) == DeathReason.REJECTED;
        // Who refuses a record has it; one that comes back for the last time was counted then.
        int deliveries = redeliveries.count(offset) + (wasRejected ? 1 : 0);
        var headers = new ArrayList<RecordHeader>();
        headers.add(header("topic", cursor.name()));
        headers.add(header("partition", Integer.toString(cursor.partition())));
        headers.add(header("offset", Long.toString(offset)));
        headers.add(header("group", to.group()));
        headers.add(header("delivery.count", Integer.toString(deliveries)));
        headers.add(header("message", wasRejected ? REJECTED : TOO_OFTEN));
        if (to.copiesRecord()) {
            addHeadersOf(record, headers);
        }
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

    /// As they stand there, also those that a message has not among its headers. Behind others none of them is
    /// the broker's, and what a client says in the broker's words does not get there. Where the record died
    /// before it does not say any more: of one name Kafka's clients take the last.
    private static void addHeadersOf(RecordCursor record, List<RecordHeader> headers) {
        for (RecordHeader header : MessageDecoder.headersToCopy(record)) {
            if (!header.name().toUtf8().startsWith(PREFIX)) {
                headers.add(header);
            }
        }
    }

    private static RecordHeader header(String name, String value) {
        return new RecordHeader(Bytes.utf8(PREFIX + name), Bytes.utf8(value));
    }
}
