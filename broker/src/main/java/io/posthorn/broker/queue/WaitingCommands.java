package io.posthorn.broker.queue;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Reply;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Commands that see everything before them: each waits until what was appended before it is visible, and behind
/// those that wait already.
final class WaitingCommands {
    private final Queue queue;
    private @Nullable ArrayDeque<Waiting> waiting;

    /// One try to do what was asked.
    interface Attempt {
        /// @return false to be called again when the disk has done its part
        boolean run();
    }

    private record Waiting(long end, Attempt attempt, Reply<?> reply) {}

    WaitingCommands(Queue queue) {
        this.queue = queue;
    }

    boolean isEmpty() {
        return waiting == null;
    }

    /// Does it at once where nothing has to be waited for.
    void add(Attempt attempt, Reply<?> reply) {
        boolean allIsVisible = queue.logEnd <= queue.highWatermark();
        if (isEmpty() && allIsVisible) {
            queue.catchUp();
            if (attempt.run()) {
                return;
            }
        }
        BrokerException never = queue.shard.neverDurable();
        if (never != null && (!allIsVisible || queue.waitsForTouch())) {
            reply.failed(never);
            return;
        }
        if (waiting == null) {
            waiting = new ArrayDeque<>(2);
        }
        waiting.add(new Waiting(queue.logEnd, attempt, reply));
    }

    void run() {
        long visibleEnd = queue.highWatermark();
        ArrayDeque<Waiting> commands = waiting;
        if (commands == null) {
            return;
        }
        Waiting first = commands.peek();
        while (first != null && first.end() <= visibleEnd && first.attempt().run()) {
            commands.remove();
            first = commands.peek();
        }
        if (commands.isEmpty()) {
            waiting = null;
        }
    }

    /// What they wait for will never come.
    void fail(BrokerException cause) {
        ArrayDeque<Waiting> commands = waiting;
        waiting = null;
        if (commands != null) {
            commands.forEach(command -> command.reply().failed(cause));
        }
    }
}
