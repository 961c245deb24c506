package io.posthorn.protocol.amqp;

import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import java.util.List;

/// Attributes of CloudEvents in binary mode: `cloudEvents:id` or `cloudEvents_id` in AMQP (AMQP protocol binding 1.0,
/// section 3.1.3.1), `ce_id` in records, which clients of Kafka write and read as they are (Kafka protocol binding 1.0,
/// section 3.2.3.1).
///
/// Only of a message that says that it is an event: any other header with such a name is somebody's own.
final class CloudEventHeaders {
    private static final String COLON = "cloudEvents:";
    private static final String UNDERSCORE = "cloudEvents_";
    private static final String RECORD = "ce_";
    private static final String VERSION = "specversion";
    private static final Bytes RECORD_VERSION = Bytes.utf8(RECORD + VERSION);

    private CloudEventHeaders() {}

    static boolean areIn(Arguments headers) {
        return headers.get(COLON + VERSION) != null || headers.get(UNDERSCORE + VERSION) != null;
    }

    static boolean areIn(List<RecordHeader> headers) {
        for (int i = 0; i < headers.size(); i++) {
            if (headers.get(i).name().equals(RECORD_VERSION)) {
                return true;
            }
        }
        return false;
    }

    /// The name in a record of a header that an event has in AMQP. Both prefixes are of one length.
    static String inRecord(String name) {
        return name.startsWith(COLON) || name.startsWith(UNDERSCORE) ? RECORD + name.substring(COLON.length()) : name;
    }

    /// The name in AMQP of a header that an event has in a record.
    static String inAmqp(String name) {
        return name.startsWith(RECORD) ? COLON + name.substring(RECORD.length()) : name;
    }
}
