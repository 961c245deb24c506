package io.posthorn.embedded;

import io.posthorn.events.spi.CommonHeaders;
import io.posthorn.log.Bytes;
import io.posthorn.log.EncodedHeaders;
import io.posthorn.log.RecordHeader;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Names of headers as they stand in records, kept because programs use few, again and again. Thread-safe.
///
/// What the library calls `cloudEvents:id` as AMQP does is `ce_id` there: Kafka's clients read records as they are, and
/// AMQP's get what is made of them.
final class RecordNames {
    static final String LIBRARY = "cloudEvents:";
    static final String RECORD = "ce_";
    static final Bytes CONTENT_TYPE = Bytes.utf8("content-type");
    static final Bytes SPEC_VERSION = recorded("specversion");

    private static final int MOST = 1_000;
    private static final Map<String, Bytes> NAMES = new ConcurrentHashMap<>();

    /// The last names that were asked for. Two threads may write one place: either is right.
    private static final @Nullable Recent[] LATELY = new Recent[64];

    /// A name, and what it is in records.
    private record Recent(String text, Bytes bytes) {}

    private RecordNames() {}

    /// The name in records of an attribute of events.
    static Bytes recorded(String attribute) {
        return Bytes.utf8(RECORD + attribute);
    }

    @SuppressWarnings("ReferenceEquality") // names are mostly constants; any other is found as well
    static Bytes of(String name) {
        int place = name.hashCode() & (LATELY.length - 1);
        Recent lately = LATELY[place];
        if (lately != null && lately.text() == name) {
            return lately.bytes();
        }
        Bytes known = NAMES.get(name);
        if (known == null) {
            known = Bytes.utf8(name.startsWith(LIBRARY) ? RECORD + name.substring(LIBRARY.length()) : name);
            keep(NAMES, name, known);
        }
        LATELY[place] = new Recent(name, known);
        return known;
    }

    /// Headers of many records.
    private record Recorded(@Nullable String contentType, EncodedHeaders headers) {}

    /// The content type, and headers that many records have.
    static EncodedHeaders of(@Nullable String contentType, CommonHeaders common) {
        Recorded recorded = common.as(Recorded.class, headers -> recorded(contentType, headers));
        return Objects.equals(recorded.contentType(), contentType)
                ? recorded.headers()
                : recorded(contentType, common.asMap()).headers();
    }

    private static Recorded recorded(@Nullable String contentType, Map<String, String> common) {
        var headers = new ArrayList<RecordHeader>(1 + common.size());
        if (contentType != null) {
            headers.add(new RecordHeader(CONTENT_TYPE, Bytes.utf8(contentType)));
        }
        common.forEach((name, value) -> headers.add(new RecordHeader(of(name), Bytes.utf8(value))));
        return new Recorded(contentType, EncodedHeaders.of(headers));
    }

    private static <K, V> void keep(Map<K, V> map, K key, V value) {
        if (map.size() < MOST) {
            map.put(key, value);
        }
    }
}
