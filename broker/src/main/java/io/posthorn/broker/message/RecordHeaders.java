package io.posthorn.broker.message;

import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;

/// Names of the record headers that are the broker's own. They stand before all others of a record.
final class RecordHeaders {
    static final Bytes PREFIX = Bytes.utf8("posthorn-");
    static final Bytes EXCHANGE = Bytes.utf8("posthorn-exchange");
    static final Bytes ROUTING_KEY = Bytes.utf8("posthorn-routing-key");
    static final Bytes PRIORITY = Bytes.utf8("posthorn-priority");
    static final Bytes DELAYED = Bytes.utf8("posthorn-delayed");
    static final Bytes EXPIRES = Bytes.utf8("posthorn-expires");
    static final Bytes MORE_ROUTING_KEYS = Bytes.utf8("posthorn-more-routing-keys");
    static final Bytes DEATHS = Bytes.utf8("posthorn-deaths");
    static final RecordHeader TRANSIENT = new RecordHeader(Bytes.utf8("posthorn-transient"), Bytes.EMPTY);

    private RecordHeaders() {}

    static boolean isOurs(RecordHeader header) {
        Bytes name = header.name();
        return name.length() > PREFIX.length()
                && name.get(0) == PREFIX.get(0)
                && name.slice(0, PREFIX.length()).equals(PREFIX);
    }
}
