package io.posthorn.embedded;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.ReceiptSink;
import io.posthorn.events.EventsException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/// What was published and is not yet answered. Confined to the session's thread, but for its permits.
final class Receipts implements ReceiptSink {
    /// More than this wait until some are answered.
    private static final int MOST_UNANSWERED = 65_536;

    /// In the order of their numbers. One that is answered before those in front of it stays until they are.
    private final ArrayDeque<Publication> unanswered = new ArrayDeque<>();

    private final Semaphore permits = new Semaphore(MOST_UNANSWERED);
    private long next = 1;

    /// Messages whose answer is one; their numbers are `first` and so on.
    static final class Publication {
        private final CompletableFuture<Void> answer = new CompletableFuture<>();
        private final int size;
        private int missing;
        private long first;
        private boolean isEnded;

        Publication(int size) {
            this.size = size;
            this.missing = size;
        }

        CompletableFuture<Void> answer() {
            return answer;
        }

        private int countIn(long from, long to) {
            return (int) Math.max(0, Math.min(first + size - 1, to) - Math.max(first, from) + 1);
        }
    }

    /// Waits while too much is unanswered. Any thread but the session's.
    Publication begin(int messages) {
        permits.acquireUninterruptibly(Math.min(messages, MOST_UNANSWERED));
        return new Publication(messages);
    }

    /// The number of the publication's first message; the others follow.
    long expect(Publication publication) {
        publication.first = next;
        next += publication.size;
        unanswered.add(publication);
        return publication.first;
    }

    /// The message with this number went nowhere.
    void unroutable(long sequence, EventsException why) {
        answered(sequence, sequence, why);
    }

    @Override
    public void accepted(long firstSequence, long lastSequence) {
        for (Publication publication : unanswered) {
            if (publication.first > lastSequence) {
                break;
            }
            publication.missing -= publication.countIn(firstSequence, lastSequence);
            endIfAnswered(publication);
        }
        forgetAnswered();
    }

    @Override
    public void refused(long firstSequence, long lastSequence, BrokerException cause) {
        answered(firstSequence, lastSequence, new EventsException.Refused(String.valueOf(cause.getMessage()), cause));
    }

    private void answered(long firstSequence, long lastSequence, EventsException why) {
        for (Publication publication : unanswered) {
            int count = publication.countIn(firstSequence, lastSequence);
            if (count > 0) {
                publication.missing -= count;
                publication.answer.completeExceptionally(why);
                endIfAnswered(publication);
            }
        }
        forgetAnswered();
    }

    private void endIfAnswered(Publication publication) {
        if (publication.missing == 0 && !publication.isEnded) {
            publication.isEnded = true;
            permits.release(Math.min(publication.size, MOST_UNANSWERED));
            publication.answer.complete(null);
        }
    }

    private void forgetAnswered() {
        while (!unanswered.isEmpty() && unanswered.getFirst().missing == 0) {
            unanswered.removeFirst();
        }
    }

    /// Nothing will be answered any more.
    void endAll(EventsException why) {
        List<Publication> all = new ArrayList<>(unanswered);
        unanswered.clear();
        for (Publication publication : all) {
            publication.answer.completeExceptionally(why);
            publication.missing = 0;
            endIfAnswered(publication);
        }
    }
}
