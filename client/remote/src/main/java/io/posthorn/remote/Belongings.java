package io.posthorn.remote;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.posthorn.events.EventsException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/// What a link has made at the server, and what of it goes with the connection: queues that are the link's alone, with
/// their bindings, and consumers. Thread-safe.
final class Belongings {
    private static final Logger LOG = System.getLogger(Belongings.class.getName());
    private static final Duration FIRST_WAIT = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final Set<String> exchanges = ConcurrentHashMap.newKeySet();
    private final Map<String, Set<Binding>> queues = new ConcurrentHashMap<>();
    private final Set<RemoteIntake> intakes = ConcurrentHashMap.newKeySet();
    private final Channels channels;

    private record Binding(String exchange, String pattern) {}

    /// Asks something on a channel for that alone.
    interface Channels {
        void on(Connection connection, Making making);

        /// Opens one that stays.
        Channel open(Connection connection);
    }

    interface Making {
        void on(Channel channel) throws IOException;
    }

    /// One thing to be made again.
    private record Step(String what, BooleanSupplier isWanted, Runnable making) {
        @Override
        public String toString() {
            return what;
        }
    }

    Belongings(Channels channels) {
        this.channels = channels;
    }

    void exchange(String name) {
        exchanges.add(name);
    }

    void temporaryQueue(String name) {
        queues.put(name, ConcurrentHashMap.newKeySet());
    }

    void forgetQueue(String name) {
        queues.remove(name);
    }

    /// Of a queue that stays at the server the binding stays, too.
    void bound(String queue, String exchange, String pattern) {
        queues.computeIfPresent(queue, (_, bindings) -> {
            bindings.add(new Binding(exchange, pattern));
            return bindings;
        });
    }

    void unbound(String queue, String exchange, String pattern) {
        queues.computeIfPresent(queue, (_, bindings) -> {
            bindings.remove(new Binding(exchange, pattern));
            return bindings;
        });
    }

    void intake(RemoteIntake intake) {
        intakes.add(intake);
    }

    void forget(RemoteIntake intake) {
        intakes.remove(intake);
    }

    static void declareExchange(Channel channel, String name) throws IOException {
        channel.exchangeDeclare(name, "topic", true);
    }

    static void declareTemporaryQueue(Channel channel, String name) throws IOException {
        channel.queueDeclare(name, false, true, false, Map.of());
    }

    /// Makes all of it again. What the server does not let us have yet is tried again and again beside it: a queue is
    /// the lost connection's until the server has noticed that it is lost.
    ///
    /// @throws EventsException when the connection is lost again
    void restore(Connection connection) {
        List<Step> left = tried(connection, steps(connection));
        if (!left.isEmpty()) {
            LOG.log(Level.WARNING, "after a lost connection there is not yet again: {0}", left);
            Thread.ofVirtual().name("restores").start(() -> goOn(connection, left));
        }
    }

    private List<Step> steps(Connection connection) {
        var steps = new ArrayList<Step>();
        for (String name : exchanges) {
            steps.add(step(connection, "exchange " + name, () -> true, channel -> declareExchange(channel, name)));
        }
        queues.forEach((name, bindings) ->
                steps.add(step(connection, "queue " + name, () -> queues.containsKey(name), channel -> {
                    declareTemporaryQueue(channel, name);
                    for (Binding binding : bindings) {
                        channel.queueBind(name, binding.exchange(), binding.pattern());
                    }
                })));
        for (RemoteIntake intake : intakes) {
            steps.add(new Step(
                    "consumer of " + intake.queue(),
                    () -> intakes.contains(intake),
                    () -> intake.begin(channels.open(connection))));
        }
        return steps;
    }

    private Step step(Connection connection, String what, BooleanSupplier isWanted, Making making) {
        return new Step(what, isWanted, () -> channels.on(connection, making));
    }

    /// @return what did not work
    private List<Step> tried(Connection connection, List<Step> steps) {
        var left = new ArrayList<Step>();
        for (Step step : steps) {
            try {
                if (step.isWanted().getAsBoolean()) {
                    step.making().run();
                }
            } catch (RuntimeException e) { // whatever it is, the others are not to go without
                if (!connection.isOpen()) {
                    throw e;
                }
                LOG.log(Level.DEBUG, "{0} is not there again: {1}", step, e.getMessage());
                left.add(step);
            }
        }
        return left;
    }

    private void goOn(Connection connection, List<Step> steps) {
        List<Step> left = steps;
        Duration wait = FIRST_WAIT;
        try {
            while (!left.isEmpty() && connection.isOpen()) {
                Thread.sleep(wait);
                left = tried(connection, left);
                wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
            }
        } catch (EventsException lostAgain) {
            LOG.log(Level.DEBUG, "the next connection begins anew: {0}", lostAgain.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
