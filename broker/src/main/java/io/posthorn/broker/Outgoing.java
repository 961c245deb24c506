package io.posthorn.broker;

import io.posthorn.broker.shard.Command;
import io.posthorn.broker.shard.Shard;
import java.util.ArrayDeque;
import java.util.List;

/// What a session sends to the shards, in order. When a shard refuses a batch, that and everything behind it
/// stays here, and the session's publishers are stopped until the shard takes it. Confined to the session's
/// io thread.
final class Outgoing {
    private final List<Shard> shards;
    private final SessionSpec.IoExecutor io;
    private final SessionListener listener;
    private final ArrayDeque<Held> held = new ArrayDeque<>(0);

    private sealed interface Held {
        record Batch(int shard, Command.Bounded command) implements Held {}

        record Other(int shard, Command command) implements Held {}
    }

    Outgoing(List<Shard> shards, SessionSpec.IoExecutor io, SessionListener listener) {
        this.shards = shards;
        this.io = io;
        this.listener = listener;
    }

    void append(int shard, Command.Bounded command) {
        if (!held.isEmpty()) {
            held.add(new Held.Batch(shard, command));
        } else if (!shards.get(shard).offer(command)) {
            held.add(new Held.Batch(shard, command));
            waitFor(shard);
            listener.acceptsPublishes(false);
        }
    }

    void send(int shard, Command command) {
        if (held.isEmpty()) {
            shards.get(shard).submit(command);
        } else {
            held.add(new Held.Other(shard, command));
        }
    }

    private void waitFor(int shard) {
        shards.get(shard).whenDrained(() -> io.execute(this::retry));
    }

    private void retry() {
        while (!held.isEmpty()) {
            switch (held.peek()) {
                case Held.Batch(int shard, Command.Bounded command) -> {
                    if (!shards.get(shard).offer(command)) {
                        waitFor(shard);
                        return;
                    }
                }
                case Held.Other(int shard, Command command) -> shards.get(shard).submit(command);
            }
            held.remove();
        }
        listener.acceptsPublishes(true);
    }
}
