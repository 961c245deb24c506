package io.posthorn.broker;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// @param tag for lists and logs; unique where its owner needs it so
/// @param autoSettle whether a delivery counts as settled when it is handed to the sink
/// @param exclusive refuses other consumers of the queue
/// @param prefetch how many unsettled deliveries this consumer may hold; 0 is no limit
/// @param shared what it shares with other consumers; null when nothing
/// @param later gives what it would share with them if they were limited later: asked of consumers only that
/// are several in one, which have a limit of their own from the beginning; null where nobody ever shares
public record ConsumerSpec(
        String queue,
        String tag,
        boolean autoSettle,
        boolean exclusive,
        int prefetch,
        Arguments arguments,
        @Nullable SharedCredit shared,
        @Nullable Supplier<SharedCredit> later) {
    public ConsumerSpec(
            String queue, String tag, boolean autoSettle, boolean exclusive, int prefetch, Arguments arguments) {
        this(queue, tag, autoSettle, exclusive, prefetch, arguments, null, null);
    }

    /// The same, sharing its credit with others.
    ConsumerSpec sharing(SharedCredit credit) {
        return new ConsumerSpec(queue, tag, autoSettle, exclusive, prefetch, arguments, credit, later);
    }
}
