package io.posthorn.broker.queue;

/// What of a queue survives a restart, beside its log: the state that events and snapshots speak of.
public final class QueueState {
    private final Settlements settlements = new Settlements();
    private final Redeliveries redeliveries = new Redeliveries();
    private final OffsetSet transients = new OffsetSet();
    private boolean touched;

    /// Whether nothing is known of the queue that a new one would not say as well.
    public boolean isNew() {
        return !touched
                && settlements.before() == 0
                && settlements.above().isEmpty()
                && transients.isEmpty()
                && redeliveries.isEmpty();
    }

    public Settlements settlements() {
        return settlements;
    }

    public Redeliveries redeliveries() {
        return redeliveries;
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
    }
}
