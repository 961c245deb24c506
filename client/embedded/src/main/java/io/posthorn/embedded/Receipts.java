package io.posthorn.embedded;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.ReceiptSink;
import io.posthorn.events.EventsException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/// What was published and is not yet answered. Confined to the session's thread, but for its permits.
final class Receipts implements ReceiptSink {
    /// More than this wait until some are answered.
    private static final int MOST_UNANSWERED = 65_536;

    private final Map<Long, Publication> unanswered = new HashMap<>();
    private final Semaphore permits = new Semaphore(MOST_UNANSWERED);
    private long next = 1;

    /// Messages whose answer is one.
    static final class Publication {
        private final CompletableFuture<Void> answer = new CompletableFuture<>();
        private final int size;
        private int missing;

        Publication(int size) {
            this.size = size;
            this.missing = size;
        }

        CompletableFuture<Void> answer() {
            return answer;
        }
    }

    /// Waits while too much is unanswered. Any thread but the session's.
    Publication begin(int messages) {
        permits.acquireUninterruptibly(Math.min(messages, MOST_UNANSWERED));
        return new Publication(messages);
    }

    /// The number for the next message of this publication.
    long expect(Publication publication) {
        unanswered.put(next, publication);
        return next++;
    }

    /// The message with this number went nowhere.
    void unroutable(long sequence, EventsException why) {
        Publication publication = unanswered.remove(sequence);
        if (publication != null) {
            fail(publication, why);
        }
    }

    @Override
    public void accepted(long firstSequence, long lastSequence) {
        for (long sequence = firstSequence; sequence <= lastSequence; sequence++) {
            Publication publication = unanswered.remove(sequence);
            if (publication != null) {
                answered(publication);
            }
        }
    }

    @Override
    public void refused(long firstSequence, long lastSequence, BrokerException cause) {
        EventsException why = new EventsException.Refused(String.valueOf(cause.getMessage()), cause);
        for (long sequence = firstSequence; sequence <= lastSequence; sequence++) {
            Publication publication = unanswered.remove(sequence);
            if (publication != null) {
                fail(publication, why);
            }
        }
    }

    /// Nothing will be answered any more.
    void endAll(EventsException why) {
        List<Publication> all = new ArrayList<>(unanswered.values());
        unanswered.clear();
        all.forEach(publication -> fail(publication, why));
    }

    private void fail(Publication publication, EventsException why) {
        publication.answer.completeExceptionally(why);
        answered(publication);
    }

    private void answered(Publication publication) {
        if (--publication.missing == 0) {
            permits.release(Math.min(publication.size, MOST_UNANSWERED));
            publication.answer.complete(null);
        }
    }
}
