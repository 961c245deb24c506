package io.posthorn.broker.queue;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Reply;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Commands that see everything before them: each waits until what was appended before it is visible, and behind
/// those that wait already.
final class WaitingCommands {
    private @Nullable ArrayDeque<Waiting> waiting;

    /// One try to do what was asked.
    interface Attempt {
        /// @return false to be called again when the disk has done its part
        boolean run();
    }

    private record Waiting(long end, Attempt attempt, Reply<?> reply) {}

    boolean isEmpty() {
        return waiting == null;
    }

    void add(long end, Attempt attempt, Reply<?> reply) {
        if (waiting == null) {
            waiting = new ArrayDeque<>(2);
        }
        waiting.add(new Waiting(end, attempt, reply));
    }

    void run(long visibleEnd) {
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
