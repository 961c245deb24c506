package io.posthorn.console.http;

import java.util.LinkedHashMap;
import java.util.Map;

/// The part of a URL behind `?`.
final class QueryString {
    private QueryString() {}

    /// Of a name that comes twice, the last counts.
    ///
    /// @throws HttpFailure when the encoding is broken
    static Map<String, String> parse(String text) {
        var values = new LinkedHashMap<String, String>();
        for (String pair : text.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                values.put(decode(name), equals < 0 ? "true" : decode(pair.substring(equals + 1)));
            }
        }
        return values;
    }

    private static String decode(String text) {
        return PercentCode.decode(text, true)
                .orElseThrow(() -> HttpFailure.badRequest("query is not percent-encoded UTF-8"));
    }
}
