package io.posthorn.broker.queue;

import io.posthorn.broker.producer.Producers;
import io.posthorn.log.RecordBatch;
import org.jspecify.annotations.Nullable;

/// What of a queue survives a restart, beside its log: the state that events and snapshots speak of.
public final class QueueState {
    private final Settlements settlements = new Settlements();
    private final Redeliveries redeliveries = new Redeliveries();
    private final OffsetSet transients = new OffsetSet();
    private @Nullable MessageTable messages;
    private final DuplicateWindow seen = new DuplicateWindow();
    private final MessageKeys keys = new MessageKeys();
    private @Nullable AppendTimes appendTimes;
    private final DelayedRetries retries = new DelayedRetries();
    private boolean mayExpire;
    private boolean touched;

    /// Null for what is no stream.
    private @Nullable StreamChunks chunks;

    /// Null as long as nobody has numbered his batches.
    private @Nullable Producers producers;

    /// Null where nothing has come in a transaction.
    private @Nullable Voids voids;

    private long compactedTo;

    /// Whether it was said where the queue begins, and that was not with the first message of its log.
    private boolean hasBegun;

    /// Whether messages are taken, so that it matters what nobody gets.
    private boolean keepsVoids = true;

    /// Whether nothing is known of the queue that a new one would not say as well.
    public boolean isNew() {
        return !touched
                && !hasBegun
                && !mayExpire
                && appendTimes == null
                && settlements.before() == 0
                && settlements.above().isEmpty()
                && transients.isEmpty()
                && seen.isEmpty()
                && keys.isEmpty()
                && redeliveries.isEmpty()
                && retries.size() == 0
                && chunks == null
                && compactedTo == 0
                && (producers == null || producers.isEmpty())
                && (voids == null || voids.isEmpty())
                && (messages == null || messages.isEmpty());
    }

    /// Of a stream: its chunks, at first none.
    public StreamChunks chunks() {
        StreamChunks known = chunks;
        if (known == null) {
            known = new StreamChunks();
            chunks = known;
        }
        return known;
    }

    /// Recovery: the log has this batch.
    public void recovered(long base, RecordBatch batch) {
        if (batch.producerId() >= 0) {
            numbered(base, batch, 0);
        }
        StreamChunks known = chunks;
        if (known != null && known.size() > 0) {
            known.grow(batch.sizeInBytes(), batch.maxTimestamp());
        }
    }

    /// Everything before it is compacted.
    public long compactedTo() {
        return compactedTo;
    }

    public void compactedTo(long offset) {
        compactedTo = Math.max(compactedTo, offset);
    }

    public boolean hasChunks() {
        return chunks != null;
    }

    /// Those who number their batches; null when there never was one.
    public @Nullable Producers producers() {
        return producers;
    }

    /// Somebody numbers his batches.
    public Producers expectProducers() {
        Producers known = producers;
        if (known == null) {
            known = new Producers();
            producers = known;
        }
        return known;
    }

    /// What nobody gets; null where nothing has come in a transaction.
    public @Nullable Voids voids() {
        return voids;
    }

    /// Something comes in a transaction.
    public Voids expectVoids() {
        Voids known = voids;
        if (known == null) {
            known = new Voids();
            voids = known;
        }
        return known;
    }

    /// Nothing is taken from a log that is kept.
    void forgetVoids() {
        voids = null;
        keepsVoids = false;
    }

    /// The log has a batch of a producer that numbers its batches, or of its coordinator.
    ///
    /// @param now 0 at recovery, when nobody knows
    public void numbered(long base, RecordBatch batch, long now) {
        Producers.End ended = expectProducers().appended(base, batch, now);
        if (keepsVoids && (batch.isTransactional() || batch.isControl())) {
            expectVoids().appended(base, batch, ended);
        }
    }

    public Settlements settlements() {
        return settlements;
    }

    /// Everything before this offset is settled, and that is known for good: whatever else is said of where it begins
    /// is older.
    public void begin(long offset) {
        hasBegun = true;
        settlements.advance(offset);
    }

    /// As [#begin], where nothing was said of that.
    public void beginUnlessBegun(long offset) {
        if (!hasBegun && offset > 0) {
            begin(offset);
        }
    }

    public Redeliveries redeliveries() {
        return redeliveries;
    }

    /// Messages that came back and are not to be ready before some time.
    public DelayedRetries retries() {
        return retries;
    }

    /// What is known of each message; null when nothing is.
    public @Nullable MessageTable messages() {
        return messages;
    }

    /// What is known of new messages.
    public void learn(MessageFacts facts) {
        if (facts.runs() != null) {
            learn(facts.runs());
        }
        if (facts.keys() != null) {
            keys.add(facts.base(), facts.keys());
        }
    }

    /// Something becomes known of messages.
    public void learn(MessageRuns runs) {
        MessageTable table = messages;
        if (table == null) {
            table = new MessageTable();
            messages = table;
        }
        table.add(runs);
    }

    /// For a queue that must know its messages: those from the start to `end` that are not settled, and no others.
    /// Of what damage has taken from the journal, nothing special is known.
    MessageTable completeMessages(long end) {
        var complete = new MessageTable();
        OffsetSet settled = settlements.above();
        for (long offset = settled.firstAbsentFrom(settlements.before());
                offset < end;
                offset = settled.firstAbsentFrom(offset + 1)) {
            complete.add(offset, 0, 0);
        }
        if (messages != null) {
            complete.replaceKnown(messages);
        }
        messages = complete;
        return complete;
    }

    /// For a queue that is to know its messages from now on: what is known, if anything.
    MessageTable someMessages() {
        MessageTable known = messages;
        if (known == null) {
            known = new MessageTable();
            messages = known;
        }
        return known;
    }

    /// Nothing need be known of messages any more.
    void forgetMessages() {
        messages = null;
    }

    /// The keys of messages, where the queue is fair to them.
    public MessageKeys keys() {
        return keys;
    }

    /// Ids of messages that came in lately, where the queue keeps duplicates out.
    public DuplicateWindow seen() {
        return seen;
    }

    /// Messages that a restart drops: those of batches in which none was persistent.
    public OffsetSet transients() {
        return transients;
    }

    /// A restart: what is transient is gone, as if it had been settled.
    void dropTransients() {
        for (long from = transients.first(); from != OffsetSet.NONE; from = transients.first()) {
            settle(from, transients.firstAbsentFrom(from));
        }
    }

    /// Whether any message in the queue was ever given a time by its publisher.
    public boolean mayExpire() {
        return mayExpire;
    }

    public void expectExpiry() {
        mayExpire = true;
    }

    /// When messages were appended; null when the queue does not keep that.
    public @Nullable AppendTimes appendTimes() {
        return appendTimes;
    }

    /// From now on, or so the journal tells, the queue keeps when messages were appended.
    public AppendTimes keepAppendTimes() {
        AppendTimes kept = appendTimes;
        if (kept == null) {
            kept = new AppendTimes();
            appendTimes = kept;
        }
        return kept;
    }

    /// It need not be known any more.
    void forgetAppendTimes() {
        appendTimes = null;
    }

    /// Whether anybody ever could take a message from the queue: what then was in it when the broker was killed
    /// may have been delivered.
    public boolean touched() {
        return touched;
    }

    public void touch() {
        touched = true;
    }

    public void settle(long from, long to) {
        settlements.add(from, to);
        redeliveries.remove(from, to);
        transients.removeRange(from, to);
        if (!keys.isEmpty()) {
            keys.remove(from, to);
        }
        if (messages != null) {
            messages.remove(from, to);
        }
    }
}
