package io.posthorn.events.runtime;

import io.posthorn.events.spi.CommonHeaders;
import java.time.Instant;
import java.util.Map;

/// What events of one type have in common: all of them, and those of one millisecond, which are many where events are
/// many. Thread-safe.
final class TypeHeaders {
    private final CommonHeaders always;
    private volatile Moment last;

    private record Moment(long millis, CommonHeaders headers) {}

    /// @param headers of all events of the type
    TypeHeaders(Map<String, String> headers) {
        always = new CommonHeaders(headers);
        last = at(0);
    }

    CommonHeaders always() {
        return always;
    }

    /// With the time.
    ///
    /// @param millis since the epoch
    CommonHeaders during(long millis) {
        Moment known = last;
        if (known.millis() != millis) {
            known = at(millis);
            last = known;
        }
        return known.headers();
    }

    private Moment at(long millis) {
        String time = Instant.ofEpochMilli(millis).toString();
        return new Moment(millis, new CommonHeaders(always.with(Map.of(EventMapping.TIME, time))));
    }
}
