package io.posthorn.broker.message;

import io.posthorn.log.Bytes;
import io.posthorn.log.EncodedHeaders;
import io.posthorn.log.RecordHeader;
import java.util.List;

/// Names of the record headers that say what the broker acts on. Where the broker writes them they stand before all
/// others of a record. Clients of other protocols know two of them, and write them wherever they like.
final class RecordHeaders {
    static final Bytes PREFIX = Bytes.utf8("posthorn-");
    static final Bytes EXCHANGE = Bytes.utf8("posthorn-exchange");
    static final Bytes ROUTING_KEY = Bytes.utf8("posthorn-routing-key");
    static final Bytes DELAYED = Bytes.utf8("posthorn-delayed");
    static final Bytes MORE_ROUTING_KEYS = Bytes.utf8("posthorn-more-routing-keys");
    static final Bytes DEATHS = Bytes.utf8("posthorn-deaths");
    static final RecordHeader TRANSIENT = new RecordHeader(Bytes.utf8("posthorn-transient"), Bytes.EMPTY);

    /// 0 to 255, in decimal.
    static final Bytes PRIORITY = Bytes.utf8("priority");

    /// Milliseconds since the epoch, in decimal.
    static final Bytes EXPIRES = Bytes.utf8("expires");

    /// As it was written before it was a header of clients, too: one octet.
    static final Bytes OLDER_PRIORITY = Bytes.utf8("posthorn-priority");

    /// The same: 8 octets.
    static final Bytes OLDER_EXPIRES = Bytes.utf8("posthorn-expires");

    /// What a publisher of AMQP said, in AMQP's bytes: among it who it is, which AMQP's door has checked.
    static final Bytes AMQP_PROPERTIES = Bytes.utf8("amqp-properties");

    static final Bytes MESSAGE_ID = Bytes.utf8("message-id");

    /// Behind it nothing is the broker's, whatever its name is.
    static final RecordHeader END = new RecordHeader(Bytes.utf8("posthorn-end"), Bytes.EMPTY);

    private RecordHeaders() {}

    static boolean isOurs(RecordHeader header) {
        return isOurs(header.name());
    }

    /// How many of these, from the first on, are the broker's.
    static int countOurs(List<RecordHeader> headers) {
        int ours = 0;
        while (ours < headers.size() && isOurs(headers.get(ours))) {
            ours++;
            if (headers.get(ours - 1).name().equals(END.name())) {
                return ours;
            }
        }
        return ours;
    }

    /// Whether the broker's headers, which `ours` are at least some of, are over with them.
    static boolean endsOurs(EncodedHeaders ours, EncodedHeaders rest) {
        return rest.isEmpty()
                || !isOurs(rest.firstName())
                || (!ours.isEmpty() && ours.getLast().equals(END));
    }

    private static boolean isOurs(Bytes name) {
        return hasPrefix(name) || isShared(name);
    }

    /// Whether a reader would take the first of these for the broker's.
    static boolean beginAsOurs(List<RecordHeader> headers) {
        if (headers.isEmpty()) {
            return false;
        }
        return isOurs(
                headers instanceof EncodedHeaders encoded
                        ? encoded.firstName()
                        : headers.getFirst().name());
    }

    private static boolean hasPrefix(Bytes name) {
        return name.length() > PREFIX.length()
                && name.get(0) == PREFIX.get(0)
                && name.slice(0, PREFIX.length()).equals(PREFIX);
    }

    /// Whether nobody but the broker, or one of its doors, says this: of a client it is no news.
    static boolean isOnlyOurs(RecordHeader header) {
        return hasPrefix(header.name()) || header.name().equals(AMQP_PROPERTIES);
    }

    /// Whether one of these may be an older version's.
    static boolean haveOlder(List<RecordHeader> headers) {
        for (int i = 0; i < headers.size(); i++) {
            if (isOlder(headers.get(i))) {
                return true;
            }
        }
        return false;
    }

    static boolean isOlder(RecordHeader header) {
        Bytes name = header.name();
        return name.equals(OLDER_PRIORITY) || name.equals(OLDER_EXPIRES);
    }

    /// Whether it has a name that clients know, too.
    static boolean isShared(RecordHeader header) {
        return isShared(header.name());
    }

    private static boolean isShared(Bytes name) {
        return name.equals(PRIORITY) || name.equals(EXPIRES);
    }
}
