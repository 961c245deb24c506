package io.posthorn.events.runtime;

import io.posthorn.events.EventsException;
import io.posthorn.events.Retry;
import io.posthorn.events.spi.Incoming;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// Brings into the broker what must be there before a message may leave its worker's hands: its dead letter, its next
/// attempt. While the broker does not take that, the message stands still, and its handler does not run for it.
///
/// @param patience how often it is tried, and what lies in between
record Insistence(String queue, Pauses pauses, Retry patience) {
    private static final Logger LOG = System.getLogger(Insistence.class.getName());
    private static final Retry UNTIL_IT_IS_IN = Retry.exponential(Duration.ofMillis(100))
            .most(Duration.ofSeconds(30))
            .attempts(Integer.MAX_VALUE);
    private static final int SOME_SECONDS = 8;

    /// For who may give the message back. That makes way for the messages behind it, and should not come too soon: it
    /// costs another run of the handler.
    static Insistence forAWhile(String queue, Pauses pauses) {
        return new Insistence(queue, pauses, UNTIL_IT_IS_IN.attempts(SOME_SECONDS));
    }

    /// For as long as the worker works.
    static Insistence withoutEnd(String queue, Pauses pauses) {
        return new Insistence(queue, pauses, UNTIL_IT_IS_IN);
    }

    /// @return whether it is in; if not, it was tried often enough, or the worker ends
    /// @throws EventsException.Unsupported when it never can be
    /// @throws IllegalArgumentException when nobody could take it
    boolean on(Incoming incoming, Runnable settling) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                settling.run();
                return true;
            } catch (EventsException.Unsupported | IllegalArgumentException never) {
                throw never;
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "what becomes of a message of ''{0}'' cannot be written: {1}", queue, e);
            }
            if (pauses.haveEnded() || !patience.goesOnAfter(attempt)) {
                return false;
            }
            pauses.await(incoming, waitAfter(attempt));
        }
    }

    Duration waitAfter(int attempt) {
        return patience.waitAfter(attempt, ThreadLocalRandom.current());
    }
}
