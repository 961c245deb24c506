package io.posthorn.broker.delay;

import io.posthorn.log.BatchBuilder;
import io.posthorn.log.LogException;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Takes published batches apart by the buckets of their messages. One whose messages all belong together goes in
/// as it is.
final class Incoming {
    private final DelayedMessages messages;
    private final DelaySurroundings shard;

    /// What is to be shown when it is durable. It stays here where what came behind it in its batch was not appended:
    /// it is durable when a later one is.
    private final List<Part> appended = new ArrayList<>(0);

    Incoming(DelayedMessages messages, DelaySurroundings shard) {
        this.messages = messages;
        this.shard = shard;
    }

    /// What was appended to one bucket.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Part(Bucket bucket, long base, long[] dueTimes) {}

    /// @return what to do when it is durable
    /// @throws LogException when not all of it was appended
    Runnable append(RecordBatch batch) {
        long[] dueTimes = dueTimes(batch);
        Span only = onlySpan(dueTimes);
        if (only == null) {
            appendApart(batch, dueTimes);
        } else {
            appended.add(append(messages.bucketFor(only), batch, dueTimes));
        }
        List<Part> parts = List.copyOf(appended);
        appended.clear();
        return () -> {
            for (Part part : parts) {
                messages.visible(part.bucket, part.base + part.dueTimes.length, part.base, part.dueTimes);
            }
        };
    }

    private long[] dueTimes(RecordBatch batch) {
        long[] dueTimes = new long[batch.count()];
        RecordCursor record = batch.records();
        for (int i = 0; record.next(); i++) {
            dueTimes[i] = Due.timeOf(record, shard.now());
        }
        return dueTimes;
    }

    private @Nullable Span onlySpan(long[] dueTimes) {
        Span first = Span.of(dueTimes[0], shard.now());
        for (long due : dueTimes) {
            if (!first.equals(Span.of(due, shard.now()))) {
                return null;
            }
        }
        return first;
    }

    private static Part append(Bucket bucket, RecordBatch batch, long[] dueTimes) {
        return new Part(bucket, bucket.log().append(batch, true), dueTimes);
    }

    private void appendApart(RecordBatch batch, long[] dueTimes) {
        Map<Span, Share> shares = new LinkedHashMap<>();
        RecordCursor record = batch.records();
        for (int i = 0; record.next(); i++) {
            shares.computeIfAbsent(Span.of(dueTimes[i], shard.now()), _ -> new Share())
                    .add(record, dueTimes[i]);
        }
        shares.forEach((span, share) -> appended.add(append(messages.bucketFor(span), share.batch(), share.dueTimes)));
    }

    /// What of a batch goes to one bucket.
    private static final class Share {
        private final BatchBuilder builder = new BatchBuilder();
        long[] dueTimes = new long[4];

        void add(RecordCursor record, long due) {
            if (builder.count() == dueTimes.length) {
                dueTimes = Arrays.copyOf(dueTimes, 2 * dueTimes.length);
            }
            dueTimes[builder.count()] = due;
            builder.add(record.timestamp(), record.key(), record.value(), record.headers());
        }

        RecordBatch batch() {
            dueTimes = Arrays.copyOf(dueTimes, builder.count());
            return builder.build();
        }
    }
}
