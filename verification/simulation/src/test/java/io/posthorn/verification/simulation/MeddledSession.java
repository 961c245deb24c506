package io.posthorn.verification.simulation;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.DeliverySink;
import io.posthorn.broker.Done;
import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.QueueHandle;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.Reply;
import io.posthorn.broker.Transaction;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Sessions that do something else than they are told.
final class MeddledSession {
    private MeddledSession() {}

    /// A session in which some queues are declared otherwise.
    static BrokerSession declaring(
            BrokerSession session,
            Predicate<Map<String, @Nullable Object>> which,
            Consumer<Map<String, @Nullable Object>> meddler) {
        return intercepting(session, "declareQueue", arguments -> {
            var spec = (QueueSpec) arguments[0];
            var others = new HashMap<String, @Nullable Object>(spec.arguments().values());
            if (which.test(others)) {
                meddler.accept(others);
                arguments[0] = new QueueSpec(
                        spec.name(), spec.durable(), spec.exclusive(), spec.autoDelete(), new Arguments(others));
            }
            return true;
        });
    }

    static BrokerSession transacting(BrokerSession session, KeepingTransaction transaction) {
        return (BrokerSession) Proxy.newProxyInstance(
                MeddledSession.class.getClassLoader(), new Class<?>[] {BrokerSession.class}, (_, called, arguments) -> {
                    return called.getName().equals("transaction") ? transaction : called.invoke(session, arguments);
                });
    }

    /// Keeps messages, and commits them in transactions of the broker.
    static class KeepingTransaction implements Transaction {
        static final Reply<Done> IGNORED = new Reply<>() {
            @Override
            public void ok(Done value) {}

            @Override
            public void failed(BrokerException cause) {}
        };

        final List<Message> kept = new ArrayList<>();
        private final BrokerSession session;

        KeepingTransaction(BrokerSession session) {
            this.session = session;
        }

        @Override
        public int publish(Message message) {
            kept.add(message);
            return 1;
        }

        @Override
        public Destination destination() {
            return () -> true;
        }

        @Override
        public void settle(ConsumerHandle owner, QueueHandle queue, long deliveryId, Outcome outcome) {
            session.settle(owner, queue, deliveryId, outcome);
        }

        @Override
        public void commit(Reply<Done> reply) {
            List<Message> all = List.copyOf(kept);
            kept.clear();
            commit(all, reply);
        }

        void commit(List<Message> messages, Reply<Done> reply) {
            Transaction transaction = session.transaction();
            messages.forEach(transaction::publish);
            transaction.commit(reply);
        }

        @Override
        public void rollback() {
            kept.clear();
        }

        @Override
        public long heldBytes() {
            return 0;
        }
    }

    /// A session of which one method is meddled with: it may change the arguments, and says whether to go on.
    static BrokerSession intercepting(BrokerSession session, String method, Predicate<Object[]> meddler) {
        return (BrokerSession) Proxy.newProxyInstance(
                MeddledSession.class.getClassLoader(), new Class<?>[] {BrokerSession.class}, (_, called, arguments) -> {
                    if (!called.getName().equals(method) || meddler.test(arguments)) {
                        return called.invoke(session, arguments);
                    }
                    return null;
                });
    }

    /// Keeps a redelivery back until another delivery has passed.
    static final class LateRedeliveries implements DeliverySink {
        private final DeliverySink sink;
        private @Nullable Delivery late;

        LateRedeliveries(DeliverySink sink) {
            this.sink = sink;
        }

        @Override
        public boolean deliver(Delivery delivery) {
            if (late == null && delivery.redelivered()) {
                late = copyOf(delivery);
                return true;
            }
            boolean welcome = sink.deliver(delivery);
            return passLate() && welcome;
        }

        private boolean passLate() {
            Delivery passing = late;
            late = null;
            return passing == null || sink.deliver(passing);
        }

        /// The bytes are the broker's again after the call.
        private static Delivery copyOf(Delivery delivery) {
            Message message = delivery.message();
            var kept = new Message(
                    message.exchange(),
                    message.routingKey(),
                    message.moreRoutingKeys(),
                    null,
                    List.of(),
                    message.body().copy(),
                    message.persistent(),
                    message.priority(),
                    message.expiresAt(),
                    message.timestamp(),
                    message.attributes());
            return new Delivery(
                    delivery.queue(),
                    delivery.deliveryId(),
                    delivery.redelivered(),
                    delivery.deliveryCount(),
                    kept,
                    delivery.remaining(),
                    delivery.streamOffset());
        }

        @Override
        public void flush() {
            boolean _ = passLate();
            sink.flush();
        }

        @Override
        public void cancelled() {
            sink.cancelled();
        }
    }
}
