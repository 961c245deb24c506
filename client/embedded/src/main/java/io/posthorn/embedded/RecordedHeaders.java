package io.posthorn.embedded;

import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import java.util.AbstractMap;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Headers of a record that become text when somebody asks: most are asked for nothing but their type. Immutable.
final class RecordedHeaders extends AbstractMap<String, String> {
    private static final int FIELDS = 4;

    private final byte[] bytes;

    /// Begin and length of each name and value.
    private final int[] places;

    private final boolean isEvent;
    private @Nullable Map<String, String> read;

    private RecordedHeaders(byte[] bytes, int[] places, boolean isEvent) {
        this.bytes = bytes;
        this.places = places;
        this.isEvent = isEvent;
    }

    /// Copies them.
    ///
    /// @param wanted whether each is one
    static Map<String, String> of(List<RecordHeader> headers, boolean[] wanted) {
        int count = 0;
        int size = 0;
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i]) {
                count++;
                size += headers.get(i).name().length() + length(headers.get(i).value());
            }
        }
        if (count == 0) {
            return Map.of();
        }
        var bytes = new byte[size];
        var places = new int[count * FIELDS];
        boolean isEvent = false;
        int at = 0;
        int next = 0;
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i]) {
                Bytes name = headers.get(i).name();
                isEvent |= name.equals(RecordNames.SPEC_VERSION);
                at = put(name, bytes, at, places, next);
                at = put(headers.get(i).value(), bytes, at, places, next + 2);
                next += FIELDS;
            }
        }
        return new RecordedHeaders(bytes, places, isEvent);
    }

    private static int length(@Nullable Bytes value) {
        return value == null ? 0 : value.length();
    }

    private static int put(@Nullable Bytes from, byte[] to, int at, int[] places, int place) {
        int length = length(from);
        if (from != null) {
            System.arraycopy(from.array(), from.offset(), to, at, length);
        }
        places[place] = at;
        places[place + 1] = length;
        return at + length;
    }

    @Override
    public @Nullable String get(@Nullable Object key) {
        if (read != null) {
            return read.get(key);
        }
        if (!(key instanceof String name) || (isEvent && name.startsWith(RecordNames.RECORD))) {
            return null;
        }
        Bytes wanted = isEvent || !name.startsWith(RecordNames.LIBRARY) ? RecordNames.of(name) : Bytes.utf8(name);
        for (int i = 0; i < places.length; i += FIELDS) {
            int from = places[i];
            int length = places[i + 1];
            if (length == wanted.length()
                    && Arrays.equals(
                            bytes, from, from + length, wanted.array(), wanted.offset(), wanted.offset() + length)) {
                return text(i + 2);
            }
        }
        return null;
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
            for (int i = 0; i < places.length; i += FIELDS) {
                known.putIfAbsent(name(text(i)), text(i + 2));
            }
            read = known;
        }
        return known.entrySet();
    }

    private String name(String recorded) {
        return isEvent && recorded.startsWith(RecordNames.RECORD)
                ? RecordNames.LIBRARY + recorded.substring(RecordNames.RECORD.length())
                : recorded;
    }

    private String text(int place) {
        return new Bytes(bytes, places[place], places[place + 1]).toUtf8();
    }
}
