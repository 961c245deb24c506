package io.posthorn.broker.shard;

import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/// Commands on their way to a shard, in order. Any thread offers, the shard takes.
///
/// What is to be appended is bounded by its bytes: a refused one stays with its session. Those of queues are
/// not refused, as each queue has few under way. Other commands are few, bounded by what was delivered or by
/// connections that wait for an answer, and are never refused.
final class Mailbox {
    private static final int CHUNK = 256;

    private final MpscUnboundedVarHandleArrayQueue<Command> commands = new MpscUnboundedVarHandleArrayQueue<>(CHUNK);
    private final AtomicLong bytes = new AtomicLong();
    private final long capacity;

    /// @param capacity bytes of publishes that may wait
    Mailbox(long capacity) {
        this.capacity = capacity;
    }

    /// @return false when it is full: nothing was taken
    boolean offer(Command.Bounded command) {
        int size = command.sizeInBytes();
        long now = bytes.addAndGet(size);
        // A batch larger than everything is let in alone.
        if (now > capacity && now != size) {
            bytes.addAndGet(-size);
            return false;
        }
        commands.offer(command);
        return true;
    }

    /// Takes it however full it is.
    void force(Command.Publish publish) {
        bytes.addAndGet(publish.sizeInBytes());
        commands.offer(publish);
    }

    void put(Command command) {
        commands.offer(command);
    }

    @Nullable
    Command poll() {
        Command command = commands.poll();
        if (command instanceof Command.Bounded bounded) {
            bytes.addAndGet(-bounded.sizeInBytes());
        }
        return command;
    }

    boolean isEmpty() {
        return commands.isEmpty();
    }

    /// Whether so much has been taken out that it is worth while to offer again.
    boolean hasRoom() {
        return bytes.get() <= capacity / 2;
    }

    long bytes() {
        return bytes.get();
    }
}
