package io.posthorn.broker.shard;

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

    private final Shard shard;
    private final QueueTable queues;
    private final Executor blocking;
    private final Counters counters;

    ColdReads(Shard shard, QueueTable queues, Executor blocking, Counters counters) {
        this.shard = shard;
        this.queues = queues;
        this.blocking = blocking;
        this.counters = counters;
    }

    void forward(Queue queue, RecordReader reader, long offset, int maxBytes) {
        counters.coldReads++;
        Log log = queue.messages();
        blocking.execute(() -> {
            try {
                shard.submit(new Command.Loaded(queue, reader, log.read(offset, maxBytes)));
            } catch (LogException.Damaged e) {
                shard.submit(new Command.Damaged(queue, reader, e));
            } catch (LogException.OffsetOutOfRange e) {
                shard.submit(new Command.LoadedTooLate(queue, reader));
            } catch (RuntimeException e) {
                shard.submit(new Command.LoadFailed(queue, e));
            }
        });
    }

    void scattered(Queue queue, ScatteredRead read) {
        counters.coldReads++;
        Log log = queue.messages();
        blocking.execute(() -> {
            try {
                read.from(log);
                shard.submit(new Command.LoadedScattered(queue, read));
            } catch (RuntimeException e) {
                shard.submit(new Command.LoadFailed(queue, e));
            }
        });
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
