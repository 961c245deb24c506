package io.posthorn.broker.queue;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import org.jspecify.annotations.Nullable;

/// What a consumer of a stream reads, from its arguments.
///
/// @param filter null when it wants every message
record StreamRead(StreamPosition from, @Nullable StreamFilter filter) {
    static final StreamRead NEXT = new StreamRead(new StreamPosition.Next(), null);

    /// @param queue the queue in words, for refusals
    static StreamRead of(Arguments arguments, String queue) {
        Object offset = arguments.get(StreamPosition.ARGUMENT);
        StreamPosition from = StreamPosition.of(offset);
        if (from == null) {
            String told = offset instanceof String text ? "{longstr,<<\"" + text + "\">>}" : String.valueOf(offset);
            throw invalid(StreamPosition.ARGUMENT, queue, "{invalid_stream_offset_arg," + told + "}");
        }
        try {
            return new StreamRead(from, StreamFilter.of(arguments));
        } catch (IllegalArgumentException e) {
            throw invalid(e.getMessage(), queue, "unacceptable_type");
        }
    }

    private static PreconditionFailed invalid(@Nullable String argument, String queue, String complaint) {
        return new PreconditionFailed("invalid arg '" + argument + "' for " + queue + ": " + complaint);
    }
}
