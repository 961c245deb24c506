package io.posthorn.broker.queue;

import io.posthorn.log.BatchBuilder;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import io.posthorn.log.RecordHeader;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps messages out of a queue whose id it has seen lately: within so much time, among so many.
///
/// What is seen counts once it is appended: a publish that failed may come again.
public final class Deduplication {
    private static final Bytes HEADER = Bytes.utf8("x-deduplication-header");
    private static final Bytes MESSAGE_ID = Bytes.utf8("message-id");

    private final DuplicateWindow window;
    private final int most;
    private final long millis;
    private final MessageDigest digest = sha256();

    /// Ids of the batch in hand that are not in the window.
    private DuplicateWindow fresh = new DuplicateWindow();

    private long duplicates;

    Deduplication(DuplicateWindow window, int most, long millis) {
        this.window = window;
        this.most = most;
        this.millis = millis;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// What has been kept out since the start.
    public long duplicates() {
        return duplicates;
    }

    /// The batch without what has been seen before; itself when all is new, null when nothing is.
    public @Nullable RecordBatch withoutDuplicates(RecordBatch batch, long now) {
        window.forget(now - millis, most);
        fresh = new DuplicateWindow();
        int kept = 0;
        boolean[] keep = new boolean[batch.count()];
        RecordCursor cursor = batch.records();
        for (int i = 0; cursor.next(); i++) {
            keep[i] = isFresh(idOf(cursor.headers()), now);
            kept += keep[i] ? 1 : 0;
        }
        duplicates += keep.length - kept;
        if (kept == keep.length) {
            return batch;
        }
        return kept == 0 ? null : copyOf(batch, keep);
    }

    private static RecordBatch copyOf(RecordBatch batch, boolean[] keep) {
        var builder = new BatchBuilder();
        RecordCursor cursor = batch.records();
        for (int i = 0; cursor.next(); i++) {
            if (keep[i]) {
                builder.add(cursor.timestamp(), cursor.key(), cursor.value(), cursor.headers());
            }
        }
        return builder.build();
    }

    /// The ids that [#withoutDuplicates] has let pass; they are to be journaled with the batch.
    public DuplicateWindow passed() {
        return fresh;
    }

    /// What [#withoutDuplicates] has let pass is appended.
    public void appended() {
        for (long number = fresh.first(); number < fresh.end(); number++) {
            window.add(fresh.high(number), fresh.low(number), fresh.time(number));
        }
    }

    /// A message without an id is never a duplicate.
    private boolean isFresh(@Nullable Bytes id, long now) {
        if (id == null) {
            return true;
        }
        digest.update(id.array(), id.offset(), id.length());
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        long high = hash.getLong();
        long low = hash.getLong();
        if (window.contains(high, low) || fresh.contains(high, low)) {
            return false;
        }
        fresh.add(high, low, now);
        return true;
    }

    private static @Nullable Bytes idOf(List<RecordHeader> headers) {
        Bytes id = null;
        for (int i = 0; i < headers.size(); i++) {
            RecordHeader header = headers.get(i);
            if (header.name().equals(HEADER)) {
                return header.value();
            }
            if (header.name().equals(MESSAGE_ID)) {
                id = header.value();
            }
        }
        return id;
    }
}
