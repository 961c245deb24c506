package io.posthorn.broker.message;

import io.posthorn.log.Bytes;
import io.posthorn.log.RecordCursor;
import io.posthorn.log.RecordHeader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Headers of records that clients have written themselves, in batches of their own: as they would stand there, had the
/// broker made the record of a message. Of one name the first counts; what is no priority and no time is a header like
/// others. What only the broker says is left out, wherever it stands: nobody has checked it. A message that has no id
/// gets one that is its own: topic, partition and offset.
final class ClientHeaders {
    static final int LARGEST_PRIORITY = 255;

    private ClientHeaders() {}

    /// @param topic where the record is, with `partition`
    static List<RecordHeader> of(RecordCursor record, String topic, int partition) {
        List<RecordHeader> headers = record.headers();
        RecordHeader priority = null;
        RecordHeader expires = null;
        boolean hasId = false;
        boolean hasOurs = false;
        for (int i = 0; i < headers.size(); i++) {
            RecordHeader header = headers.get(i);
            Bytes name = header.name();
            if (priority == null && name.equals(RecordHeaders.PRIORITY)) {
                priority = header;
            } else if (expires == null && name.equals(RecordHeaders.EXPIRES)) {
                expires = header;
            } else if (RecordHeaders.isOnlyOurs(header)) {
                hasOurs = true;
            } else {
                hasId |= header.value() != null && name.equals(RecordHeaders.MESSAGE_ID);
            }
        }
        if (hasOurs && RecordHeaders.haveOlder(headers)) {
            return ofOlderVersion(headers);
        }
        List<RecordHeader> theirs = hasOurs ? withoutOurs(headers) : headers;
        if (hasId && priority == null && expires == null) {
            return theirs;
        }
        var all = new ArrayList<RecordHeader>(headers.size() + 2);
        RecordHeader first = isPriority(priority) ? priority : null;
        RecordHeader second = expires != null && Decimal.parse(expires.value()) >= 0 ? expires : null;
        add(all, first);
        add(all, second);
        if (priority != null || expires != null) {
            all.add(RecordHeaders.END);
        }
        for (RecordHeader header : theirs) {
            add(all, isOneOf(header, first, second) ? null : header);
        }
        if (!hasId) {
            all.add(id(record, topic, partition));
        }
        return all;
    }

    /// What of these is left when nothing is believed that only the broker says.
    static List<RecordHeader> withoutOurs(List<RecordHeader> headers) {
        var theirs = new ArrayList<RecordHeader>(headers.size());
        for (RecordHeader header : headers) {
            add(theirs, RecordHeaders.isOnlyOurs(header) ? null : header);
        }
        return theirs;
    }

    /// The broker itself may have made the record of a message, when its batches looked like those of clients. Anybody
    /// may say these two, so they are believed.
    private static List<RecordHeader> ofOlderVersion(List<RecordHeader> headers) {
        var all = new ArrayList<RecordHeader>(headers.size() + 1);
        for (RecordHeader header : headers) {
            add(all, RecordHeaders.isOlder(header) ? header : null);
        }
        all.add(RecordHeaders.END);
        all.addAll(withoutOurs(headers));
        return all;
    }

    private static boolean isPriority(@Nullable RecordHeader header) {
        long number = header == null ? Decimal.NONE : Decimal.parse(header.value());
        return number >= 0 && number <= LARGEST_PRIORITY;
    }

    @SuppressWarnings("ReferenceEquality") // two headers may say the same
    private static boolean isOneOf(RecordHeader header, @Nullable RecordHeader one, @Nullable RecordHeader other) {
        return header == one || header == other;
    }

    private static void add(List<RecordHeader> all, @Nullable RecordHeader header) {
        if (header != null) {
            all.add(header);
        }
    }

    private static RecordHeader id(RecordCursor record, String topic, int partition) {
        return new RecordHeader(RecordHeaders.MESSAGE_ID, Bytes.utf8(topic + '-' + partition + '-' + record.offset()));
    }
}
