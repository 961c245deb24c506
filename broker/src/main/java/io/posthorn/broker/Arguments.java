package io.posthorn.broker;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Typed, named values: a field table in the broker's terms. Order is kept, equality is by content.
///
/// Values are one of: null, `Boolean`, `Byte`, `Short`, `Integer`, `Long`, `Float`, `Double`,
/// `java.math.BigDecimal`, `String`, [io.posthorn.log.Bytes], `java.time.Instant`, `List` of values,
/// `Arguments`.
public record Arguments(Map<String, @Nullable Object> values) {
    public static final Arguments NONE = new Arguments(Map.of());

    // Written out, because a compact constructor's class file does not say that values may be null.
    public Arguments(Map<String, @Nullable Object> values) {
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    public @Nullable Object get(String name) {
        return values.get(name);
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }
}
