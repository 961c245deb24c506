package io.posthorn.events.runtime;

import io.posthorn.events.EventsException;
import io.posthorn.events.Handler;
import io.posthorn.events.Retry;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Incoming.Outcome;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Attempts at an event that is kept where it lies: others read it there too, so it is neither put back nor sent
/// again, but tried again here until it is done or dead, or the worker ends.
///
/// @param done hears of each that need not come again
/// @param begin decodes a message, and says what is to be done with it
/// @param insistence without end: nobody else comes back to this event
record KeptWork(
        PosthornRuntime runtime,
        String queue,
        String deadLetters,
        Retry retry,
        Function<Incoming, Attempt> begin,
        Pauses pauses,
        Insistence insistence,
        Consumer<Incoming> done) {
    private static final Logger LOG = System.getLogger(KeptWork.class.getName());

    void run(Incoming incoming) {
        try {
            for (int attempt = 1; !pauses.haveEnded(); attempt++) {
                Duration wait = attempt(incoming, attempt);
                if (wait == null) {
                    done.accept(incoming);
                    return;
                }
                pauses.await(incoming, wait);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (EventsException e) {
            LOG.log(Level.WARNING, "an event of ''{0}'': {1}", queue, e.getMessage());
        } catch (RuntimeException | Error e) { // ours, and must not end the worker: the others wait behind it
            LOG.log(Level.ERROR, "an event of '" + queue + "' is left for whoever begins here again", e);
        } finally {
            incoming.settlement().settle(Outcome.ACK); // makes room; whoever begins here again gets it again
        }
    }

    /// @return after what time it is to be tried again; null when that is all
    private @Nullable Duration attempt(Incoming incoming, int attempt) throws InterruptedException {
        var headers = new LinkedHashMap<>(incoming.headers());
        headers.put(Headers.ATTEMPTS, String.valueOf(attempt - 1));
        Incoming now = incoming.with(headers);
        Attempt begun;
        try {
            begun = begin.apply(now);
        } catch (EventsException.BadMessage bad) {
            LOG.log(Level.WARNING, "an event of ''{0}'': {1}", queue, bad.getMessage());
            return dead(now, DeadLetter.kind(bad), DeadLetter.reason(bad));
        }
        try {
            begun.run();
            return null;
        } catch (Handler.Reject rejected) {
            return dead(now, DeadLetter.REJECTED, DeadLetter.reason(rejected));
        } catch (Handler.RetryLater later) {
            return later.delay();
        } catch (Throwable failure) { // whatever it is, it is of this event, and must not end the worker
            LOG.log(Level.WARNING, "attempt " + attempt + " at an event of '" + queue + "' failed", failure);
            return retry.goesOnAfter(attempt)
                    ? retry.waitAfter(attempt, ThreadLocalRandom.current())
                    : dead(now, DeadLetter.kind(failure), DeadLetter.reason(failure));
        }
    }

    private @Nullable Duration dead(Incoming now, String kind, String reason) throws InterruptedException {
        var letter = new DeadLetter(runtime, deadLetters, now);
        // What is not in when the worker ends is for whoever begins here again.
        return insistence.on(now, () -> letter.send(kind, reason)) ? null : Duration.ZERO;
    }
}
