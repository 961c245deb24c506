package io.posthorn.broker;

import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the typed headers of stored messages, for exchanges that match on them when the broker itself publishes.
/// Only the protocol that stored a message knows them. Thread-safe.
public interface AttributeReader {
    /// All headers, as text.
    AttributeReader TEXT = AttributeReader::texts;

    Arguments of(Message message);

    @SuppressWarnings("NullAway") // the class file of a record does not say that its map may hold null
    private static Arguments texts(Message message) {
        Map<String, @Nullable Object> texts = new LinkedHashMap<>();
        for (RecordHeader header : message.headers()) {
            Bytes value = header.value();
            texts.put(header.name().toUtf8(), value == null ? null : value.toUtf8());
        }
        return new Arguments(texts);
    }
}
