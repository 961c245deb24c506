package io.posthorn.events.spi;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Headers that are the same for many messages, told once for all of them, so that a [Link] makes something of them
/// only once. Immutable, but for what was made of them; thread-safe.
public final class CommonHeaders {
    /// None.
    public static final CommonHeaders NONE = new CommonHeaders(Map.of());

    private final Map<String, String> headers;
    private volatile @Nullable Object form;

    /// Keeps a copy.
    ///
    /// @param headers in the order in which they are to travel
    public CommonHeaders(Map<String, String> headers) {
        this.headers = new LinkedHashMap<>(headers);
    }

    /// By name. Not to be changed.
    public Map<String, String> asMap() {
        return headers;
    }

    /// What a link made of them, or makes now.
    ///
    /// @param make gives the same for the same headers, whoever asks
    public <T> T as(Class<T> type, Function<Map<String, String>, T> make) {
        Object known = form;
        if (type.isInstance(known)) {
            return type.cast(known);
        }
        T made = make.apply(headers);
        form = made;
        return made;
    }

    /// These, and others behind them.
    public Map<String, String> with(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(more);
        return all;
    }
}
