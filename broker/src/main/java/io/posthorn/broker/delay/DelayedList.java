package io.posthorn.broker.delay;

import io.posthorn.broker.DelayedMessage;
import io.posthorn.broker.Message;
import io.posthorn.broker.message.MessageDecoder;
import io.posthorn.broker.queue.Settlements;
import io.posthorn.broker.topology.LogIds;
import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The first waiting messages by due time, read from the logs. Made on the thread of the shard, which may go on
/// meanwhile; read on one that may wait.
final class DelayedList {
    private static final int READ_BYTES = 64 * 1024;
    private static final Comparator<Candidate> BY_DUE_TIME =
            Comparator.comparingLong(Candidate::due).thenComparingLong(Candidate::id);

    private final List<Part> parts = new ArrayList<>();
    private final long dueFrom;
    private final long idBehind;
    private final int most;
    private final MessageDecoder decoder = new MessageDecoder();

    private record Part(Span span, Log log, long end, Settlements settled) {}

    private record Candidate(long due, long id, Log log, long offset) {}

    DelayedList(Collection<Bucket> buckets, @Nullable DelayedMessage behind, int most) {
        this.dueFrom = behind == null ? Long.MIN_VALUE : behind.dueAt();
        this.idBehind = behind == null ? -1 : behind.id();
        this.most = most;
        for (Bucket bucket : buckets) {
            if (bucket.span().to() > dueFrom && bucket.waiting() > 0) {
                parts.add(new Part(
                        bucket.span(),
                        bucket.log(),
                        bucket.visibleEnd(),
                        bucket.settlements().copy()));
            }
        }
        parts.sort(Comparator.comparingLong(part -> part.span.from()));
    }

    List<DelayedMessage> read() {
        List<Candidate> candidates = new ArrayList<>();
        for (Part part : parts) {
            if (candidates.size() >= most && candidates.get(most - 1).due < part.span.from()) {
                break;
            }
            addFirst(part, candidates);
            candidates.sort(BY_DUE_TIME);
        }
        var messages = new ArrayList<DelayedMessage>();
        for (Candidate candidate : candidates.subList(0, Math.min(most, candidates.size()))) {
            addMessage(candidate, messages);
        }
        return messages;
    }

    private void addFirst(Part part, List<Candidate> candidates) {
        long from = part.span.from();
        long number = LogIds.delayedNumber(part.log.id());
        long firstKey = dueFrom <= from ? 0 : Schedule.key(from, dueFrom, 0);
        var found = new Scan(part.span, firstKey, most, offset -> isWanted(part, offset))
                .run(part.log, part.settled.before(), part.end);
        for (long key : found.keys()) {
            long offset = Schedule.offsetOf(key);
            var candidate = new Candidate(
                    from + (key >> Schedule.OFFSET_BITS), number << Schedule.OFFSET_BITS | offset, part.log, offset);
            if (candidate.due > dueFrom || candidate.id > idBehind) {
                candidates.add(candidate);
            }
        }
    }

    private static boolean isWanted(Part part, long offset) {
        return !part.settled.isSettled(offset);
    }

    /// What was forwarded and trimmed meanwhile is left out, and what cannot be read.
    private void addMessage(Candidate candidate, List<DelayedMessage> messages) {
        try (LogSlice slice = candidate.log.read(candidate.offset, READ_BYTES)) {
            for (RecordBatch batch : slice.batches()) {
                RecordCursor record = batch.records();
                while (batch.baseOffset() <= candidate.offset && record.next()) {
                    if (record.offset() == candidate.offset) {
                        messages.add(toMessage(candidate, decoder.decode(record, "", 0)));
                        return;
                    }
                }
            }
        } catch (LogException.OffsetOutOfRange | LogException.Damaged | LogException.Unreadable e) {
            return;
        }
    }

    private static DelayedMessage toMessage(Candidate candidate, Message message) {
        return new DelayedMessage(
                candidate.id,
                candidate.due,
                message.exchange(),
                message.routingKey(),
                message.body().length());
    }
}
