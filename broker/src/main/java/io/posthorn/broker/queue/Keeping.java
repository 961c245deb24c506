package io.posthorn.broker.queue;

import io.posthorn.broker.Message;
import io.posthorn.log.LogException;
import io.posthorn.log.RecordBatch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// What is kept of a log that nobody takes from: by size and age, in whole chunks. Confined to the thread of its queue.
final class Keeping {
    private static final Logger LOG = System.getLogger(Keeping.class.getName());

    private final Queue queue;
    private final Surroundings shard;
    private final StreamChunks chunks;
    private Retention retention;
    private long lastAppendAt;
    private long chunkBeganAt;

    /// When to look whether something is too old; [Message#NEVER] when nobody has to.
    private long lookAt = Message.NEVER;

    /// An unclean stop has forgotten when the last message came: not later than now.
    Keeping(Queue queue, Retention retention) {
        this.queue = queue;
        this.shard = queue.shard;
        this.chunks = queue.state.chunks();
        this.retention = retention;
        lastAppendAt = shard.now();
        chunkBeganAt = shard.now();
        wakeWhenTooOld();
    }

    void change(Retention changed) {
        retention = changed;
        lookAt = Message.NEVER;
        wakeWhenTooOld();
    }

    // ---- Messages come in

    /// A chunk begins before its first message comes, so that no journal that was cut off has the one without the
    /// other.
    void expectMore() {
        long now = shard.now();
        int last = chunks.size() - 1;
        if (last < 0
                || chunks.openBytes() >= retention.chunkBytes()
                || (now - chunkBeganAt >= retention.chunkMillis() && queue.logEnd > chunks.offset(last))) {
            beginChunk();
        }
    }

    void appended(long base, RecordBatch batch) {
        chunks.grow(batch.sizeInBytes(), batch.maxTimestamp());
        lastAppendAt = shard.now();
        if (base == chunks.offset(chunks.size() - 1)) {
            wakeWhenTooOld();
        }
    }

    private void beginChunk() {
        int last = chunks.size() - 1;
        long latest = last < 0 ? StreamChunks.NO_TIME : chunks.latest(last);
        long position = chunks.position();
        chunks.begin(queue.logEnd, position, lastAppendAt, latest);
        shard.chunkBegun(queue, queue.logEnd, position, lastAppendAt, latest);
        chunkBeganAt = shard.now();
    }

    /// A clean stop: the next start is to know how many bytes there are, and when the last came.
    void stop() {
        if (queue.logEnd > queue.start()) {
            beginChunk();
        }
    }

    // ---- What is kept

    /// Whether there are too many bytes; of a stream also whether the first are too old. What is too old of a topic
    /// goes when the queue is woken.
    boolean isTooMuch() {
        return chunks.size() > 0 && (hasTooManyBytes(0) || (!retention.ofTopic() && isTooOld(0)));
    }

    /// Gives up whole chunks from the start on, as long as there are too many bytes or they are too old.
    void retain() {
        boolean looks = !retention.ofTopic() || shard.now() >= lookAt;
        long keptFrom = queue.start();
        int chunk = 0;
        while (chunk < chunks.size()
                && (hasTooManyBytes(chunk) || (looks && isTooOld(chunk)))
                && endOf(chunk) <= queue.highWatermark()) {
            keptFrom = endOf(chunk);
            chunk++;
        }
        if (keptFrom > queue.start()) {
            giveUpBefore(keptFrom);
        }
        if (looks) {
            lookAt = Message.NEVER;
            wakeWhenTooOld();
        }
    }

    private boolean hasTooManyBytes(int chunk) {
        if (chunk == chunks.size() - 1) {
            return false;
        }
        return retention.ofTopic()
                ? chunks.position() - chunks.position(chunk + 1) >= retention.maxBytes()
                : chunks.position() - chunks.position(chunk) > retention.maxBytes();
    }

    private boolean isTooOld(int chunk) {
        return retention.limitsAge() && ageLimit(chunk) <= shard.now();
    }

    /// When the last message of a chunk is too old.
    private long ageLimit(int chunk) {
        boolean hasTimes = retention.ofTopic() && chunks.latest(chunk) >= 0;
        long appended = chunk == chunks.size() - 1 ? lastAppendAt : chunks.end(chunk);
        return (hasTimes ? chunks.latest(chunk) : appended) + retention.maxAge();
    }

    private long endOf(int chunk) {
        return chunk == chunks.size() - 1 ? queue.logEnd : chunks.offset(chunk + 1);
    }

    /// @return whether that was possible now
    boolean giveUpBefore(long offset) {
        try {
            queue.log.trimBefore(offset);
        } catch (LogException e) {
            LOG.log(Level.DEBUG, "what is too much of " + queue + " could not be given up now", e);
            return false;
        }
        queue.startsAt(offset);
        queue.state.settlements().advance(offset);
        chunks.trimBefore(offset);
        return true;
    }

    private void wakeWhenTooOld() {
        if (retention.limitsAge() && chunks.size() > 0 && queue.logEnd > queue.start()) {
            // Who appends all the time must not put it off for ever.
            lookAt = Math.min(lookAt, Math.max(ageLimit(0), shard.now() + retention.leastWait()));
            shard.wakeAt(queue, lookAt);
        }
    }

    // ---- What was when

    /// The first offset of messages that were appended at this time or later, or a little before it.
    long offsetSince(long millis) {
        if (chunks.size() == 0 || millis > lastAppendAt) {
            return queue.logEnd;
        }
        return Math.max(queue.start(), chunks.offset(chunks.firstEndingFrom(millis)));
    }

    /// Where to look for the first record of this time or a later one; the end when there is none.
    long searchFrom(long timestamp) {
        int chunk = chunks.firstReaching(timestamp);
        return chunk < 0 ? queue.logEnd : Math.max(queue.start(), chunks.offset(chunk));
    }

    /// Where to look for the record with the greatest timestamp.
    long searchLatestFrom() {
        return chunks.size() == 0 ? queue.logEnd : Math.max(queue.start(), chunks.offset(chunks.latestOfAll()));
    }

    /// Up to where.
    long searchLatestTo() {
        return chunks.size() == 0 ? queue.logEnd : endOf(chunks.latestOfAll());
    }
}
