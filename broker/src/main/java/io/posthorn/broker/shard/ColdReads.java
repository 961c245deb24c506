package io.posthorn.broker.shard;

import io.posthorn.broker.Timer;
import io.posthorn.broker.queue.Counters;
import io.posthorn.broker.queue.Queue;
import io.posthorn.broker.queue.RecordReader;
import io.posthorn.broker.queue.ScatteredRead;
import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;

/// What queues read of their logs where the disk may have to be waited for: that happens on a thread that may, and
/// comes back as a command. Confined to the shard's thread.
final class ColdReads {
    private static final Logger LOG = System.getLogger(ColdReads.class.getName());

    /// After which what could not be read is read again.
    private static final long PATIENCE_MILLIS = 1_000;

    private final Shard shard;
    private final QueueTable queues;
    private final Executor blocking;
    private final Timer timer;
    private final Counters counters;

    ColdReads(Shard shard, QueueTable queues, Executor blocking, Timer timer, Counters counters) {
        this.shard = shard;
        this.queues = queues;
        this.blocking = blocking;
        this.timer = timer;
        this.counters = counters;
    }

    void forward(Queue queue, RecordReader reader, long offset, int maxBytes) {
        counters.coldReads++;
        Log log = queue.messages();
        read(queue, () -> {
            try {
                shard.submit(new Command.Loaded(queue, reader, log.read(offset, maxBytes)));
            } catch (LogException.Damaged e) {
                shard.submit(new Command.Damaged(queue, reader, e));
            } catch (LogException.OffsetOutOfRange e) {
                shard.submit(new Command.LoadedTooLate(queue, reader));
            }
        });
    }

    void scattered(Queue queue, ScatteredRead read) {
        counters.coldReads++;
        Log log = queue.messages();
        read(queue, () -> {
            read.from(log);
            shard.submit(new Command.LoadedScattered(queue, read));
        });
    }

    /// The queue waits as for a slow disk, until it can be read.
    private void read(Queue queue, Runnable reading) {
        blocking.execute(() -> {
            try {
                reading.run();
            } catch (LogException.Unreadable e) {
                LOG.log(Level.ERROR, queue.handle() + " cannot be read; it is tried again", e);
                shard.submit(new Command.Continue(() -> readLater(queue, reading)));
            } catch (RuntimeException e) {
                shard.submit(new Command.LoadFailed(queue, e));
            }
        });
    }

    private void readLater(Queue queue, Runnable reading) {
        if (queues.has(queue)) {
            timer.after(PATIENCE_MILLIS, () -> shard.submit(new Command.Continue(() -> read(queue, reading))));
        }
    }

    void browse(Queue queue, Command.Browse command) {
        var glance = queue.glance(command.state(), command.from(), command.most());
        blocking.execute(new BrowseReader(
                command.queue(), queue.messages(), command.state(), glance, command.bytes(), command.reply()));
    }

    /// The queue may be gone meanwhile.
    void arrived(Command.Read command) {
        boolean isThere = queues.has(command.queue());
        switch (command) {
            case Command.Loaded(Queue queue, RecordReader reader, var read) -> {
                if (isThere) {
                    reader.loaded(read);
                } else {
                    read.close();
                }
            }
            case Command.Damaged(Queue queue, RecordReader reader, var damage) -> {
                tell(queue, damage);
                if (isThere) {
                    reader.damaged(damage);
                }
            }
            case Command.LoadedTooLate(Queue queue, RecordReader reader) -> {
                if (isThere) {
                    reader.trimmedBeforeLoaded();
                }
            }
            case Command.LoadedScattered(Queue queue, ScatteredRead read) -> {
                LogException.Damaged damage = read.damage();
                if (damage != null) {
                    tell(queue, damage);
                }
                if (isThere) {
                    read.done();
                }
            }
            case Command.Compacted(Queue queue, long end) -> {
                if (isThere) {
                    queue.compacted(end);
                }
            }
            case Command.LoadFailed(Queue queue, RuntimeException cause) -> queues.quarantine(queue, cause);
        }
    }

    private static void tell(Queue queue, LogException.Damaged damage) {
        LOG.log(Level.ERROR, queue.handle() + " has damaged messages, which are passed over", damage);
    }
}
