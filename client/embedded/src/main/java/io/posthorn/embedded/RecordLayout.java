package io.posthorn.embedded;

import io.posthorn.log.Bytes;
import io.posthorn.log.EncodedHeaders;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where everything stands in the headers of a record. Programs send messages of few kinds: those of one kind have the
/// same names and types, and differ in ids and times, so that the next one need only be compared. Thread-safe.
final class RecordLayout {
    private static final int FIELDS = 4;
    private static final int ABSENT = -1;

    private static final Bytes MESSAGE_ID = Bytes.utf8("message-id");
    private static final Bytes CORRELATION_ID = Bytes.utf8("correlation-id");
    private static final Bytes REPLY_TO = Bytes.utf8("reply-topic");
    private static final Bytes KEY = Bytes.utf8("x-partition-key");

    /// Kept for consumers of AMQP; here they would only say the same again.
    private static final Set<Bytes> LEFT_OUT =
            Set.of(Bytes.utf8("x-fair-by"), Bytes.utf8("x-delay"), Bytes.utf8("amqp-properties"));

    /// What all messages of a kind say alike.
    private static final Set<Bytes> SAME = Set.of(
            RecordNames.CONTENT_TYPE,
            RecordNames.SPEC_VERSION,
            RecordNames.recorded("source"),
            RecordNames.recorded("type"));

    /// The last ones that were seen, by the length of the headers. Two threads may write one place: either is right.
    private static final @Nullable RecordLayout[] KNOWN = new RecordLayout[64];

    private final Bytes sample;

    /// Begin and length of each name and value.
    private final int[] places;

    /// Begins and ends of what is the same in all messages.
    private final int[] same;

    private final int contentType;
    private final int id;
    private final int correlationId;
    private final int replyTo;
    private final int key;

    /// Which of them are headers, and no properties.
    private final boolean[] isHeader;

    private final boolean isEvent;

    /// Texts of values that are the same in all messages; null of others.
    private final @Nullable String[] texts;

    /// What was asked for last. Two threads may write one place: either is right.
    private final @Nullable Place[] asked = new Place[32];

    /// Where a header is, or that it is nowhere.
    private record Place(String name, int index) {}

    private RecordLayout(EncodedHeaders headers) {
        this.sample = headers.copy().bytes();
        this.places = headers.places();
        int count = headers.size();
        this.isHeader = new boolean[count];
        this.texts = new @Nullable String[count];
        for (int i = 0; i < count; i++) {
            isHeader[i] = !LEFT_OUT.contains(name(i));
            texts[i] = SAME.contains(name(i)) ? text(sample, i) : null;
        }
        this.isEvent = find(RecordNames.SPEC_VERSION) != ABSENT;
        this.contentType = property(RecordNames.CONTENT_TYPE);
        this.id = property(MESSAGE_ID);
        this.correlationId = property(CORRELATION_ID);
        this.replyTo = property(REPLY_TO);
        this.key = property(KEY);
        this.same = same();
    }

    static RecordLayout of(EncodedHeaders headers) {
        int place = headers.bytes().length() & (KNOWN.length - 1);
        RecordLayout known = KNOWN[place];
        if (known == null || !known.fits(headers.bytes())) {
            known = new RecordLayout(headers);
            KNOWN[place] = known;
        }
        return known;
    }

    private int property(Bytes name) {
        int at = find(name);
        if (at != ABSENT) {
            for (int i = at; i < isHeader.length; i++) {
                isHeader[i] &= !name(i).equals(name);
            }
        }
        return at;
    }

    private int[] same() {
        var bounds = new int[2 * (texts.length + 1)];
        int begin = 0;
        int size = 0;
        for (int i = 0; i < texts.length; i++) {
            int length = places[FIELDS * i + 3];
            if (texts[i] == null && length > 0) {
                int value = places[FIELDS * i + 2];
                bounds[size++] = begin;
                bounds[size++] = value;
                begin = value + length;
            }
        }
        bounds[size++] = begin;
        bounds[size++] = sample.length();
        return Arrays.copyOf(bounds, size);
    }

    private boolean fits(Bytes headers) {
        if (headers.length() != sample.length()) {
            return false;
        }
        byte[] array = headers.array();
        int offset = headers.offset();
        for (int i = 0; i < same.length; i += 2) {
            if (!Arrays.equals(array, offset + same[i], offset + same[i + 1], sample.array(), same[i], same[i + 1])) {
                return false;
            }
        }
        return true;
    }

    @Nullable
    String contentType(Bytes headers) {
        return textOrNull(headers, contentType);
    }

    String id(Bytes headers) {
        return id == ABSENT ? "" : text(headers, id);
    }

    @Nullable
    String correlationId(Bytes headers) {
        return textOrNull(headers, correlationId);
    }

    @Nullable
    String replyTo(Bytes headers) {
        return textOrNull(headers, replyTo);
    }

    @Nullable
    String key(Bytes headers) {
        return textOrNull(headers, key);
    }

    private @Nullable String textOrNull(Bytes headers, int index) {
        return index == ABSENT ? null : text(headers, index);
    }

    /// Null where there is no header of this name, as the library calls it.
    @Nullable
    String header(Bytes headers, String name) {
        int at = name.hashCode() & (asked.length - 1);
        Place place = asked[at];
        if (place == null || !place.name().equals(name)) {
            place = new Place(name, findHeader(name));
            asked[at] = place;
        }
        return place.index() == ABSENT ? null : text(headers, place.index());
    }

    private int findHeader(String name) {
        if (isEvent && name.startsWith(RecordNames.RECORD)) {
            return ABSENT;
        }
        Bytes recorded = isEvent || !name.startsWith(RecordNames.LIBRARY) ? RecordNames.of(name) : Bytes.utf8(name);
        int index = find(recorded);
        return index == ABSENT || !isHeader[index] ? ABSENT : index;
    }

    private int find(Bytes name) {
        for (int i = 0; i < isHeader.length; i++) {
            if (name(i).equals(name)) {
                return i;
            }
        }
        return ABSENT;
    }

    /// All headers, by the library's names. The first of a name counts.
    void putAll(Bytes headers, Map<String, String> into) {
        for (int i = 0; i < isHeader.length; i++) {
            if (isHeader[i]) {
                into.putIfAbsent(libraryName(name(i).toUtf8()), text(headers, i));
            }
        }
    }

    private String libraryName(String recorded) {
        return isEvent && recorded.startsWith(RecordNames.RECORD)
                ? RecordNames.LIBRARY + recorded.substring(RecordNames.RECORD.length())
                : recorded;
    }

    private Bytes name(int index) {
        return sample.slice(places[FIELDS * index], places[FIELDS * index + 1]);
    }

    private String text(Bytes headers, int index) {
        String same = texts[index];
        int length = places[FIELDS * index + 3];
        if (same != null) {
            return same;
        }
        return length <= 0
                ? ""
                : headers.slice(places[FIELDS * index + 2], length).toUtf8();
    }
}
