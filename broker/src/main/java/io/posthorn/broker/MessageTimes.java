package io.posthorn.broker;

import io.posthorn.broker.delay.Due;
import io.posthorn.broker.message.MessageEncoder;
import io.posthorn.broker.shard.Publication;
import io.posthorn.log.BatchBuilder;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import io.posthorn.log.RecordHeader;
import java.util.ArrayList;
import java.util.List;

/// The times of messages that a transaction keeps: lives and delays begin when it is committed. Until then a message
/// tells how long it is to live instead of until when.
final class MessageTimes {
    private MessageTimes() {}

    static Message kept(Message message, long now) {
        boolean ends = message.expiresAt() != Message.NEVER && message.expiresAt() != Message.AT_ONCE;
        return ends ? message.expiringAt(Math.max(message.expiresAt() - now, 1)) : message;
    }

    /// Publications of one batch lie beside each other.
    static void begin(List<Publication> publications, long now) {
        RecordBatch kept = null;
        RecordBatch begun = null;
        for (int i = 0; i < publications.size(); i++) {
            Publication publication = publications.get(i);
            if (publication.expiring() || publication.delay() != null) {
                if (begun == null || publication.batch() != kept) {
                    kept = publication.batch();
                    begun = begun(kept, now);
                }
                publications.set(i, publication.with(begun));
            }
        }
    }

    private static RecordBatch begun(RecordBatch kept, long now) {
        var builder = new BatchBuilder();
        RecordCursor records = kept.records();
        while (records.next()) {
            List<RecordHeader> headers = new ArrayList<>(records.headers());
            MessageEncoder.beginLife(headers, now);
            headers.replaceAll(header -> Due.beginningAt(header, now));
            builder.add(records.timestamp(), records.key(), records.value(), headers);
        }
        return builder.build();
    }
}
