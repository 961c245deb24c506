package io.posthorn.events.spi;

import io.posthorn.events.Position;
import io.posthorn.events.Retention;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// What streams and positions are as arguments of AMQP.
public final class StreamArguments {
    private StreamArguments() {}

    /// Of `queue.declare`.
    public static Map<String, Object> of(Retention retention) {
        var arguments = new LinkedHashMap<String, Object>();
        arguments.put("x-queue-type", "stream");
        if (retention.age() != null) {
            arguments.put("x-max-age", retention.age().toSeconds() + "s");
        }
        if (retention.bytes() > 0) {
            arguments.put("x-max-length-bytes", retention.bytes());
        }
        return arguments;
    }

    /// Of `basic.consume`.
    ///
    /// @param time makes a timestamp of AMQP
    public static Map<String, Object> of(Position position, Function<Instant, Object> time) {
        return Map.of(
                "x-stream-offset",
                switch (position) {
                    case Position.First _ -> "first";
                    case Position.Last _ -> "last";
                    case Position.Next _ -> "next";
                    case Position.At(long number) -> number;
                    case Position.Since(Instant since) -> time.apply(since);
                });
    }
}
