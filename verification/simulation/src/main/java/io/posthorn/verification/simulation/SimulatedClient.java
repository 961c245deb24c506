package io.posthorn.verification.simulation;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.Broker;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.ConsumerSpec;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.DeliverySink;
import io.posthorn.broker.Done;
import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.Principal;
import io.posthorn.broker.Publisher;
import io.posthorn.broker.QueueHandle;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.ReceiptSink;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SessionListener;
import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.Transaction;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One connection to a simulated broker: a publisher, a few consumers, and what they hold. On its loop only.
final class SimulatedClient implements SessionListener, ReceiptSink {
    private static final int MOST_CONSUMERS = 3;
    private static final Arguments FROM_THE_START = new Arguments(Map.of("x-stream-offset", "first"));
    private static final Bytes FAIR_BY = Bytes.utf8("x-fair-by");

    private final int number;
    private final TaskQueues.Queue loop;
    private final BrokerWorkload world;
    private final Dice dice;
    private final BrokerSession session;
    private final Publisher publisher;
    private final ConsumerHandle getter;
    private final TreeSet<Long> unconfirmed = new TreeSet<>();
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();
    private int commands;
    private int lastConsumer;
    private @Nullable Transaction transaction;
    private boolean committing;
    private boolean accepting = true;
    private boolean gone;

    SimulatedClient(int number, Broker broker, TaskQueues.Queue loop, BrokerWorkload world, Machine machine) {
        this.number = number;
        this.loop = loop;
        this.world = world;
        this.dice = machine.dice();
        var spec = new SessionSpec("client " + number, new Principal("guest"), "/", new BrokerWorkload.Loop(loop));
        session = machine.wiring().session(broker.open(spec, this));
        publisher = session.publisher(this);
        getter = session.getter();
    }

    /// A delivery that is not settled.
    private record Held(ConsumerHandle owner, QueueHandle queue, long deliveryId, long message) {}

    int number() {
        return number;
    }

    TaskQueues.Queue loop() {
        return loop;
    }

    BrokerSession session() {
        return session;
    }

    int publishesWithoutReceipt() {
        return unconfirmed.size();
    }

    int commandsWithoutAnswer() {
        return commands;
    }

    // ---- Commands

    /// Counts the answer; a failure says nothing of what became of the command.
    ///
    /// @param type of the answer, for the reader
    <T> Reply<T> reply(Class<T> type, Consumer<T> ok) {
        commands++;
        return new Reply<>() {
            @Override
            public void ok(T value) {
                commands--;
                ok.accept(type.cast(value));
            }

            @Override
            public void failed(BrokerException cause) {
                commands--;
            }
        };
    }

    /// @param there whether it is known to be there now
    /// @param deleted whether it is known to be deleted now; what is asked for meanwhile proves nothing
    void lookFor(String queue, boolean there, boolean deleted) {
        commands++;
        session.queueStatus(queue, new Reply<>() {
            @Override
            public void ok(QueueStatus value) {
                commands--;
                if (deleted) {
                    world.observe(new BrokerEvent.LookedFor(queue, true));
                }
            }

            @Override
            public void failed(BrokerException cause) {
                commands--;
                if (there && cause instanceof BrokerException.NotFound) {
                    world.observe(new BrokerEvent.LookedFor(queue, false));
                }
            }
        });
    }

    // ---- Publishing

    /// @return how many queues it went to; -1 when it was not published
    int publish(String exchange, String routingKey, BrokerEvent.Published published) {
        if (!accepting) {
            return -1;
        }
        long number = published.message();
        int queues = publisher.publish(message(exchange, routingKey, published), number);
        if (queues > 0) {
            unconfirmed.add(number);
        }
        return queues;
    }

    private Message message(String exchange, String routingKey, BrokerEvent.Published published) {
        long number = published.message();
        Bytes key = Bytes.utf8("key " + QueueKind.keyOf(number));
        return new Message(
                exchange,
                routingKey,
                List.of(),
                null,
                List.of(new RecordHeader(FAIR_BY, key)),
                body(number),
                published.persistent(),
                published.priority(),
                published.expiresAt(),
                number,
                () -> Arguments.NONE);
    }

    boolean isCommitting() {
        return committing;
    }

    void transact(String queue, List<BrokerEvent.Published> together, boolean takesBack) {
        Transaction used = transaction;
        if (used == null) {
            used = session.transaction();
            transaction = used;
        }
        for (BrokerEvent.Published each : together) {
            int _ = used.publish(message("", queue, each));
        }
        if (takesBack) {
            used.rollback();
            return;
        }
        committing = true;
        commands++;
        used.commit(new Reply<>() {
            @Override
            public void ok(Done value) {
                commands--;
                committing = false;
                together.forEach(each -> world.observe(new BrokerEvent.Confirmed(each.message())));
            }

            @Override
            public void failed(BrokerException cause) {
                commands--;
                committing = false;
            }
        });
    }

    /// The publisher, the number, and a filling.
    private Bytes body(long message) {
        byte[] bytes = new byte[12 + (int) (message * 37 % 250)];
        ByteBuffer.wrap(bytes).putInt(number).putLong(message);
        return new Bytes(bytes);
    }

    @Override
    public void accepted(long first, long last) {
        for (long message : new TreeSet<>(unconfirmed.subSet(first, true, last, true))) {
            unconfirmed.remove(message);
            world.observe(new BrokerEvent.Confirmed(message));
        }
    }

    @Override
    public void refused(long first, long last, BrokerException cause) {
        unconfirmed.subSet(first, true, last, true).clear();
    }

    // ---- Consuming

    void consume(String queue, int prefetch) {
        if (subscriptions.size() < MOST_CONSUMERS) {
            int most = QueueKind.of(queue).isStream() ? prefetch + 1 : prefetch;
            subscribe(new Subscription(queue, wantsNoSettling(queue), false, null), most);
        }
    }

    private boolean wantsNoSettling(String queue) {
        boolean wanted = QueueKind.of(queue).mayLoseOnTheWay() && dice.chance(50);
        if (wanted) {
            world.observe(new BrokerEvent.AtMostOnce(queue));
        }
        return wanted;
    }

    /// Takes everything, and keeps it.
    void drain(String queue, List<BrokerEvent.Taken> into) {
        subscribe(
                new Subscription(queue, false, false, into), QueueKind.of(queue).isStream() ? 10 : 0);
    }

    /// Gives back everything at once, again and again.
    void returnWhatComes(String queue) {
        subscribe(new Subscription(queue, false, true, null), 0);
    }

    void returnNoMore() {
        for (Subscription each : List.copyOf(subscriptions)) {
            ConsumerHandle handle = each.handle;
            if (each.returning && handle != null) {
                subscriptions.remove(each);
                handle.close();
            }
        }
        session.flush();
    }

    private void subscribe(Subscription subscription, int prefetch) {
        subscriptions.add(subscription);
        var spec = new ConsumerSpec(
                subscription.queue,
                "consumer " + subscription.consumer,
                subscription.autoSettle,
                false,
                prefetch,
                QueueKind.of(subscription.queue).isStream() ? FROM_THE_START : Arguments.NONE);
        commands++;
        session.consume(spec, subscription, new Reply<>() {
            @Override
            public void ok(ConsumerHandle handle) {
                commands--;
                subscription.handle = handle;
            }

            @Override
            public void failed(BrokerException cause) {
                commands--;
                subscriptions.remove(subscription);
            }
        });
    }

    private final class Subscription implements DeliverySink {
        final String queue;
        final boolean autoSettle;
        final boolean returning;
        final int consumer = number * 1_000 + ++lastConsumer;
        private final @Nullable List<BrokerEvent.Taken> draining;

        @Nullable
        ConsumerHandle handle;

        boolean paused;
        boolean closed;

        Subscription(String queue, boolean autoSettle, boolean returning, @Nullable List<BrokerEvent.Taken> draining) {
            this.queue = queue;
            this.autoSettle = autoSettle;
            this.returning = returning;
            this.draining = draining;
        }

        @Override
        public boolean deliver(Delivery delivery) {
            if ((gone || closed) && !autoSettle) {
                // On its way when the client left or let go; it comes back to its queue.
                return true;
            }
            ConsumerHandle owner = handle;
            if (owner == null) {
                world.broken(new InvariantBroken("a delivery before the consumer's answer: " + queue));
                return true;
            }
            arrived(delivery, owner, consumer, autoSettle);
            if (returning) {
                settleLast(Outcome.RELEASED);
                return true;
            }
            if (draining != null) {
                var body = delivery.message().body().asByteBuffer();
                draining.add(new BrokerEvent.Taken(body.getInt(), body.getLong()));
                makeRoom();
                return true;
            }
            paused = dice.chance(5);
            return !paused;
        }

        @Override
        public void flush() {
            if (draining != null || returning) {
                session.flush();
            }
        }

        @Override
        public void cancelled() {
            subscriptions.remove(this);
        }
    }

    private void arrived(Delivery delivery, ConsumerHandle owner, int consumer, boolean autoSettle) {
        String queue = delivery.queue().name();
        var body = delivery.message().body().asByteBuffer();
        int from = body.getInt();
        long message = body.getLong();
        world.observe(new BrokerEvent.Delivered(queue, consumer, from, message, delivery.redelivered()));
        if (autoSettle) {
            world.observe(new BrokerEvent.Settled(queue, message));
        } else {
            held.add(new Held(owner, delivery.queue(), delivery.deliveryId(), message));
        }
    }

    /// Where only some may be held, nobody could take all without settling.
    private void makeRoom() {
        QueueKind kind = QueueKind.of(held.getLast().queue().name());
        if (kind.isFair() || kind.isStream()) {
            settleLast(Outcome.ACCEPTED);
        }
    }

    /// Without telling what became of it: that it is not held any more is all.
    private void settleLast(Outcome outcome) {
        Held last = held.removeLast();
        giveBack(last);
        session.settle(last.owner(), last.queue(), last.deliveryId(), outcome);
    }

    private void giveBack(Held each) {
        world.observe(new BrokerEvent.GivenBack(each.queue().name(), each.message()));
    }

    void settleSome() {
        for (int i = dice.between(1, 4); i > 0 && !held.isEmpty(); i--) {
            Held each = held.remove(dice.below(held.size()));
            // A stream is told that there is room for more, and keeps everything.
            boolean ofStream = QueueKind.of(each.queue().name()).isStream();
            Outcome outcome = ofStream ? Outcome.ACCEPTED : BrokerWorkload.someOutcome(dice);
            session.settle(each.owner(), each.queue(), each.deliveryId(), outcome);
            if (ofStream || outcome == Outcome.RELEASED) {
                giveBack(each);
            } else {
                settled(each, outcome);
            }
        }
        session.flush();
    }

    private void settled(Held each, Outcome outcome) {
        String queue = each.queue().name();
        if (outcome == Outcome.REJECTED) {
            world.refused(queue, each.message());
        }
        world.observe(new BrokerEvent.Settled(queue, each.message()));
    }

    /// A single message; a number of its own as consumer, for a get keeps no order with the consumers.
    void take(String queue) {
        boolean autoSettle = wantsNoSettling(queue);
        int consumer = number * 1_000 + ++lastConsumer;
        commands++;
        session.get(queue, autoSettle, getter, new Reply<>() {
            @Override
            public void ok(Optional<Delivery> taken) {
                commands--;
                if (!gone || autoSettle) {
                    taken.ifPresent(delivery -> arrived(delivery, getter, consumer, autoSettle));
                }
            }

            @Override
            public void failed(BrokerException cause) {
                commands--;
            }
        });
    }

    void cancelOrResume() {
        if (subscriptions.isEmpty()) {
            return;
        }
        Subscription subscription = dice.oneOf(subscriptions);
        ConsumerHandle handle = subscription.handle;
        if (handle == null) {
            return;
        }
        if (subscription.paused) {
            subscription.paused = false;
            handle.resume();
        } else if (dice.chance(50)) {
            subscriptions.remove(subscription);
            handle.cancel(reply(Done.class, _ -> {}));
        } else {
            subscriptions.remove(subscription);
            held.stream().filter(each -> each.owner().equals(handle)).forEach(this::giveBack);
            held.removeIf(each -> each.owner().equals(handle));
            subscription.closed = true;
            handle.close();
        }
    }

    void leave() {
        gone = true;
        held.forEach(this::giveBack);
        session.close();
    }

    // ---- What the broker says

    @Override
    public void alarms(Set<Alarm> on) {
        // None is to come: there is room.
    }

    @Override
    public void acceptsPublishes(boolean open) {
        accepting = open;
    }

    @Override
    public void ended(BrokerException cause) {
        gone = true;
    }
}
