package io.posthorn.embedded;

import io.posthorn.events.spi.CommonHeaders;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Names of headers as they stand in records, kept because programs use few, again and again. Thread-safe.
///
/// What the library calls `cloudEvents:id` as AMQP does is `ce_id` there: Kafka's clients read records as they are, and
/// AMQP's get what is made of them.
final class RecordNames {
    static final String LIBRARY = "cloudEvents:";
    static final String RECORD = "ce_";
    static final Bytes SPEC_VERSION = Bytes.utf8(RECORD + "specversion");

    private static final int MOST = 1_000;
    private static final Map<String, Bytes> NAMES = new ConcurrentHashMap<>();
    private static final Map<String, Bytes> VALUES = new ConcurrentHashMap<>();

    private RecordNames() {}

    static Bytes of(String name) {
        Bytes known = NAMES.get(name);
        if (known == null) {
            known = Bytes.utf8(name.startsWith(LIBRARY) ? RECORD + name.substring(LIBRARY.length()) : name);
            keep(NAMES, name, known);
        }
        return known;
    }

    /// Headers of many records.
    private record Recorded(List<RecordHeader> headers) {}

    static List<RecordHeader> of(CommonHeaders common) {
        return common.as(Recorded.class, RecordNames::recorded).headers();
    }

    private static Recorded recorded(Map<String, String> common) {
        var headers = new ArrayList<RecordHeader>(common.size());
        common.forEach((name, value) -> headers.add(new RecordHeader(of(name), Bytes.utf8(value))));
        return new Recorded(List.copyOf(headers));
    }

    /// A value that is one of few.
    static Bytes value(String value) {
        Bytes known = VALUES.get(value);
        if (known == null) {
            known = Bytes.utf8(value);
            keep(VALUES, value, known);
        }
        return known;
    }

    private static <K, V> void keep(Map<K, V> map, K key, V value) {
        if (map.size() < MOST) {
            map.put(key, value);
        }
    }
}
