package io.posthorn.broker.queue;

import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// Batches that were appended as they came may hold what is no record, under a checksum that is right.
final class MalformedRecords {
    private static final Logger LOG = System.getLogger(MalformedRecords.class.getName());

    private MalformedRecords() {}

    /// As [RecordCursor#next]; nothing can be found behind what is no record.
    static boolean next(RecordCursor cursor, RecordBatch in) {
        try {
            return cursor.next();
        } catch (IllegalArgumentException malformed) {
            note(in, malformed);
            return false;
        }
    }

    /// Moves to the record at an offset, or to the next that there is.
    ///
    /// @return whether there is one
    static boolean moveTo(RecordCursor cursor, RecordBatch in, long offset) {
        try {
            // Where some offsets have no record, this is too far at most.
            boolean there = cursor.moveTo((int) (offset - in.baseOffset()));
            if (!there || cursor.offset() > offset) {
                there = cursor.moveTo(0);
                while (there && cursor.offset() < offset) {
                    there = cursor.next();
                }
            }
            return there;
        } catch (IllegalArgumentException malformed) {
            note(in, malformed);
            return false;
        }
    }

    private static void note(RecordBatch in, IllegalArgumentException malformed) {
        LOG.log(Level.WARNING, "the rest of a " + in + " is passed over", malformed);
    }
}
