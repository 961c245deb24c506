package io.posthorn.protocol.kafka.fetch;

import java.time.InstantSource;

/// How much a connection is given at once. Confined to its io thread.
///
/// A client works on one answer while it waits for the next, so that it is served best by answers as long as what it
/// does
/// meanwhile: it cannot begin with a large one before all of it is there. Only one who is far away, and comes back
/// late, needs more
/// at once to have enough to do.
final class FetchPace {
    static final int NEAR_BYTES = 2 * 1024 * 1024;
    static final int FAR_BYTES = 8 * 1024 * 1024;

    /// With this between an answer and the next request, the lesser answer makes 50 MB a second.
    static final long FAR_MS = 40;

    private final InstantSource clock;
    private long answered = Long.MIN_VALUE;

    FetchPace(InstantSource clock) {
        this.clock = clock;
    }

    /// A request has come.
    ///
    /// @return how many bytes its answer may have
    int bytes() {
        return answered != Long.MIN_VALUE && clock.millis() - answered >= FAR_MS ? FAR_BYTES : NEAR_BYTES;
    }

    /// An answer has left.
    void answered() {
        answered = clock.millis();
    }
}
