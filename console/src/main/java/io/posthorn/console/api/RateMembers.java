package io.posthorn.console.api;

import io.posthorn.broker.statistics.Counts;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;
import io.posthorn.console.rates.MessageRates;
import io.posthorn.console.rates.Trend;
import io.posthorn.console.rates.Window;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The members of answers that tell numbers with their rates, as RabbitMQ shapes them.
final class RateMembers {
    private static final long SECOND = 1_000;

    private RateMembers() {}

    /// Which part of the past a request wants to see; null for none.
    ///
    /// @param family `msg_rates`, `lengths` or `data_rates`
    /// @throws HttpFailure when it makes no sense
    static @Nullable Window window(Request request, String family) {
        String age = request.query(family + "_age").orElse(null);
        String step = request.query(family + "_incr").orElse(null);
        if (age == null || step == null) {
            return null;
        }
        try {
            return new Window(Long.parseLong(age) * SECOND, Long.parseLong(step) * SECOND);
        } catch (IllegalArgumentException e) {
            throw HttpFailure.badRequest("invalid " + family + "_age or " + family + "_incr");
        }
    }

    /// `message_stats`.
    static Map<String, Object> messages(Counts counts, List<MessageRates> which, Trend trend, @Nullable Window window) {
        var members = new LinkedHashMap<String, Object>();
        for (MessageRates each : which) {
            put(members, each.text(), each.of(counts), trend, window);
        }
        return members;
    }

    /// A number, and how it moves.
    static void put(Map<String, Object> into, String name, long value, Trend trend, @Nullable Window window) {
        into.put(name, value);
        into.put(name + "_details", trend.details(name, window));
    }
}
