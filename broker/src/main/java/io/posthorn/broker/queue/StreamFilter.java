package io.posthorn.broker.queue;

import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordCursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which messages of a stream a consumer wants, by the value of their header `x-stream-filter-value`: what
/// `x-stream-filter` and `x-stream-match-unfiltered` say. Exact, so that clients need not look again.
final class StreamFilter {
    static final String VALUES = "x-stream-filter";
    static final String MATCH_UNFILTERED = "x-stream-match-unfiltered";
    private static final Bytes HEADER = Bytes.utf8("x-stream-filter-value");

    private final List<Bytes> values;
    private final boolean matchUnfiltered;

    private StreamFilter(List<Bytes> values, boolean matchUnfiltered) {
        this.values = values;
        this.matchUnfiltered = matchUnfiltered;
    }

    /// @return null when the consumer wants everything
    /// @throws IllegalArgumentException names the argument that makes no sense
    static @Nullable StreamFilter of(Arguments arguments) {
        boolean unfiltered = switch (arguments.get(MATCH_UNFILTERED)) {
            case null -> false;
            case Boolean wanted -> wanted;
            default -> throw new IllegalArgumentException(MATCH_UNFILTERED);
        };
        var values = new ArrayList<Bytes>();
        switch (arguments.get(VALUES)) {
            case null -> {
                return null;
            }
            case String value -> values.add(Bytes.utf8(value));
            case List<?> several -> several.forEach(value -> values.add(text(value)));
            default -> throw new IllegalArgumentException(VALUES);
        }
        return new StreamFilter(values, unfiltered);
    }

    private static Bytes text(@Nullable Object value) {
        if (value instanceof String text) {
            return Bytes.utf8(text);
        }
        throw new IllegalArgumentException(VALUES);
    }

    boolean matches(RecordCursor record) {
        Bytes value = record.header(HEADER);
        return value == null ? matchUnfiltered : values.contains(value);
    }
}
