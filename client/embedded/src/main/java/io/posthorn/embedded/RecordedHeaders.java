package io.posthorn.embedded;

import io.posthorn.log.Bytes;
import java.util.AbstractMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Headers of a record that become text when somebody asks: most are asked for nothing but their type. Immutable.
final class RecordedHeaders extends AbstractMap<String, String> {
    private final RecordLayout layout;
    private final Bytes bytes;
    private @Nullable Map<String, String> read;

    /// @param bytes nobody else's
    RecordedHeaders(RecordLayout layout, Bytes bytes) {
        this.layout = layout;
        this.bytes = bytes;
    }

    @Override
    public @Nullable String get(@Nullable Object key) {
        return key instanceof String name ? layout.header(bytes, name) : null;
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return get(key) != null;
    }

    @Override
    public Set<Map.Entry<String, String>> entrySet() {
        Map<String, String> known = read;
        if (known == null) {
            known = new LinkedHashMap<>();
            layout.putAll(bytes, known);
            read = known;
        }
        return known.entrySet();
    }
}
