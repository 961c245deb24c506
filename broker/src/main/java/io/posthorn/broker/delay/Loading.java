package io.posthorn.broker.delay;

import io.posthorn.broker.queue.Settlements;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// Brings into a bucket's schedule what is next in its log.
final class Loading {
    /// Fewer than this left, and more are read.
    static final int FEW = 1 << 14;

    private static final int MOST = 1 << 19;
    private static final int LEAST = 1 << 12;
    private static final long PATIENCE = 5_000;
    private static final Logger LOG = System.getLogger(Loading.class.getName());

    private Loading() {}

    /// @param done called on the shard's thread when the schedule has it
    static void start(Bucket bucket, DelaySurroundings shard, Runnable done) {
        long firstKey = bucket.schedule().horizon();
        int most = shard.memory().readAhead(MOST * Long.BYTES, LEAST * Long.BYTES) / Long.BYTES;
        Settlements settled = bucket.settlements().copy();
        long end = bucket.visibleEnd();
        bucket.scanBegins();
        var scan = new Scan(bucket.span(), firstKey, most, offset -> !settled.isSettled(offset));
        shard.read(() -> {
            try {
                Scan.Found found = scan.run(bucket.log(), settled.before(), end);
                shard.then(() -> loaded(bucket, found, done));
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "delayed messages could not be read; it is tried again", e);
                shard.then(() -> {
                    bucket.scanFailed(firstKey, shard.now() + PATIENCE);
                    done.run();
                });
            }
        });
    }

    private static void loaded(Bucket bucket, Scan.Found found, Runnable done) {
        if (!bucket.isClosed()) {
            bucket.scanned(found);
            done.run();
        }
    }
}
