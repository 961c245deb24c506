package io.posthorn.broker;

import io.posthorn.broker.queue.QueueState;
import io.posthorn.broker.shard.Command;
import io.posthorn.broker.shard.Command.NewArguments;
import io.posthorn.broker.shard.Shard;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.Topology;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// Tells queues what they are to do by their arguments and the policies, topics by their configuration and its
/// defaults: when they are there, and whenever policies or defaults change. Which queues that concerns is
/// worked out on a thread of its own kind, for one change after the other, as there may be many queues and many
/// policies; only those that are to do something else hear of it. Thread-safe.
final class LivePolicies {
    private static final Logger LOG = System.getLogger(LivePolicies.class.getName());

    /// Shards do other things in between.
    private static final int QUEUES_PER_COMMAND = 256;

    private final Supplier<Topology> topology;
    private final List<Shard> shards;
    private final Executor blocking;

    /// Virtual hosts whose policies or defaults have changed.
    private final Set<String> changed = ConcurrentHashMap.newKeySet();

    /// How many changes came since somebody began to look for them; 0 while nobody looks.
    private final AtomicInteger calls = new AtomicInteger();

    LivePolicies(Supplier<Topology> topology, List<Shard> shards, Executor blocking) {
        this.topology = topology;
        this.shards = shards;
        this.blocking = blocking;
    }

    /// Before anybody can find the queue.
    void created(QueueEntry queue, Arguments arguments) {
        queue.isNews(arguments);
        shards.get(queue.shard()).submit(new Command.Open(queue, arguments));
    }

    /// The configuration of a topic has changed.
    void configured(QueueEntry partition, Arguments arguments) {
        if (partition.isNews(arguments)) {
            shards.get(partition.shard())
                    .submit(new Command.Reconfigure(List.of(new NewArguments(partition, arguments))));
        }
    }

    /// Before the first pass of the shards.
    void recovered(QueueEntry queue, Arguments arguments, QueueState state, boolean cleanly) {
        queue.isNews(arguments);
        shards.get(queue.shard()).recovered(queue, arguments, state, cleanly);
    }

    /// The topology has other policies or defaults for a virtual host than before.
    void changed(String virtualHost) {
        changed.add(virtualHost);
        if (calls.getAndIncrement() == 0) {
            blocking.execute(this::run);
        }
    }

    private void run() {
        int seen;
        do {
            seen = calls.get();
            for (Iterator<String> hosts = changed.iterator(); hosts.hasNext(); ) {
                String host = hosts.next();
                hosts.remove();
                tellQueuesOf(host);
            }
        } while (!calls.compareAndSet(seen, 0));
    }

    private void tellQueuesOf(String virtualHost) {
        try {
            Topology now = topology.get();
            if (now.hasVirtualHost(virtualHost)) {
                new Told().tell(now, virtualHost);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "policies and defaults of vhost '" + virtualHost + "' have not reached all queues", e);
        }
    }

    /// What is on its way to the shards.
    private final class Told {
        private final List<List<NewArguments>> byShard = new ArrayList<>();

        Told() {
            shards.forEach(_ -> byShard.add(new ArrayList<>()));
        }

        void tell(Topology now, String virtualHost) {
            var host = now.virtualHost(virtualHost);
            for (QueueEntry head : host.queues().values()) {
                for (QueueEntry queue : host.queuesNamed(head.name())) {
                    Arguments arguments = host.argumentsOf(queue);
                    if (queue.isNews(arguments)) {
                        add(queue.shard(), new NewArguments(queue, arguments));
                    }
                }
            }
            for (int shard = 0; shard < byShard.size(); shard++) {
                send(shard);
            }
        }

        private void add(int shard, NewArguments news) {
            List<NewArguments> waiting = byShard.get(shard);
            waiting.add(news);
            if (waiting.size() == QUEUES_PER_COMMAND) {
                send(shard);
            }
        }

        private void send(int shard) {
            List<NewArguments> waiting = byShard.get(shard);
            if (!waiting.isEmpty()) {
                shards.get(shard).submit(new Command.Reconfigure(List.copyOf(waiting)));
                waiting.clear();
            }
        }
    }
}
