package io.posthorn.protocol.kafka.coordinator;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.Broker;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Principal;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SessionListener;
import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.AppendRule.Origin;
import io.posthorn.broker.topic.Appended;
import io.posthorn.broker.topic.Cursors;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionWatcher;
import io.posthorn.broker.topic.TimedOffset;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicSpec;
import io.posthorn.broker.topic.Topics;
import io.posthorn.log.RecordBatch;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A coordinator's way into the broker: it may do everything, and its thread waits for the answers. Thread-safe.
///
/// The session is opened when it is first needed, and once more after an operator has ended it: what was asked for in
/// between has failed then, perhaps after it was done.
public final class CoordinatorSession implements AutoCloseable {
    /// From this version of transactions on each of them ends with a new epoch (KIP-890).
    private static final short EPOCH_PER_END = 2;

    private final Broker broker;
    private final SessionSpec spec;
    private final Set<Answer<?>> open = ConcurrentHashMap.newKeySet();

    /// As the field below, confined to the session's executor.
    private @Nullable BrokerSession session;

    private boolean isClosed;

    /// @param name for people
    public CoordinatorSession(Broker broker, String virtualHost, String name) {
        this.broker = broker;
        this.spec = new SessionSpec(name, Principal.OWNER, virtualHost, new SerialExecutor(name));
    }

    /// For what may be asked on any thread.
    ///
    /// @throws BrokerException when there is no session to be had
    public Topics topics() {
        return ask((topics, reply) -> reply.ok(topics));
    }

    /// @throws BrokerException as [Topics#create] fails
    public Topic create(TopicSpec topic) {
        return ask((topics, reply) -> topics.create(topic, reply));
    }

    /// Appends a batch, and waits until it has its offset.
    ///
    /// @param transactionVersion by the rules of which a marker is checked; without meaning for other batches
    /// @throws BrokerException as [Topics#append] fails
    public Appended append(Partition to, RecordBatch batch, short transactionVersion) {
        var rule = new AppendRule(false, origin(transactionVersion));
        return ask((topics, reply) -> topics.append(to, batch, rule, reply));
    }

    /// Appends a batch without waiting.
    ///
    /// @param transactionVersion by the rules of which a marker is checked; without meaning for other batches
    /// @return completed once the batch is durable, on the session's executor; fails as [Topics#append] does
    public CompletableFuture<Appended> appendDurably(Partition to, RecordBatch batch, short transactionVersion) {
        var rule = new AppendRule(true, origin(transactionVersion));
        return begin((topics, reply) -> topics.append(to, batch, rule, reply));
    }

    private static Origin origin(short transactionVersion) {
        return transactionVersion < EPOCH_PER_END ? Origin.COORDINATOR : Origin.COORDINATOR_OF_EPOCHS;
    }

    /// @return completed on the session's executor; fails as [Topics#deleteBefore] does
    public CompletableFuture<Long> deleteBefore(Partition partition, long offset) {
        return begin((topics, reply) -> topics.deleteBefore(partition, offset, reply));
    }

    /// Asks for something about cursors.
    ///
    /// @return completed on the session's executor; fails as what was asked for does
    public <T> CompletableFuture<T> cursors(BiConsumer<Cursors, Reply<T>> command) {
        return begin((topics, reply) -> command.accept(topics.cursors(), reply));
    }

    /// @return completed on the session's executor; fails as [Topics#firstSince] does
    public CompletableFuture<Optional<TimedOffset>> firstSince(
            Partition partition, long timestamp, Isolation isolation) {
        return begin((topics, reply) -> topics.firstSince(partition, timestamp, isolation, reply));
    }

    /// @param action once the partition is gone, now perhaps, and perhaps more than once; on the thread of
    /// its shard, so it must be quick
    public static void whenDeleted(Partition partition, Runnable action) {
        PartitionWatcher watcher = moved -> {
            if (moved.isDeleted()) {
                action.run();
            }
        };
        partition.watch(watcher);
        watcher.moved(partition);
    }

    private <T> T ask(BiConsumer<Topics, Reply<T>> command) {
        try {
            return begin(command).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof BrokerException failure) {
                throw failure;
            }
            throw e;
        }
    }

    private <T> CompletableFuture<T> begin(BiConsumer<Topics, Reply<T>> command) {
        var answer = new Answer<T>();
        open.add(answer);
        spec.io().execute(() -> {
            try {
                BrokerSession now = session();
                command.accept(now.topics(), answer);
                now.flush();
            } catch (BrokerException e) {
                answer.failed(e);
            }
        });
        return answer;
    }

    private BrokerSession session() {
        if (isClosed) {
            throw new BrokerException.ShuttingDown("the coordinator is stopping");
        }
        BrokerSession now = session;
        if (now == null) {
            now = broker.open(spec, new Listener());
            session = now;
        }
        return now;
    }

    /// Ends the session: what is asked for fails from now on, also where somebody waits already.
    @Override
    public void close() {
        var done = new Answer<Boolean>();
        spec.io().execute(() -> {
            isClosed = true;
            endSession();
            failAll(new BrokerException.ShuttingDown("the coordinator is stopping"));
            done.complete(true);
        });
        done.join();
    }

    private void endSession() {
        BrokerSession now = session;
        session = null;
        if (now != null) {
            now.close();
        }
    }

    private void failAll(BrokerException cause) {
        open.forEach(answer -> answer.failed(cause));
    }

    /// What one thread waits for.
    private final class Answer<T> extends CompletableFuture<T> implements Reply<T> {
        @Override
        public void ok(T value) {
            open.remove(this);
            complete(value);
        }

        @Override
        public void failed(BrokerException cause) {
            open.remove(this);
            completeExceptionally(cause);
        }
    }

    private final class Listener implements SessionListener {
        @Override
        public void alarms(Set<Alarm> on) {
            // What coordinators write is little, and lets consumers go on.
        }

        @Override
        public void acceptsPublishes(boolean open) {
            // Whoever appends waits for the answer, so that there is never much on its way.
        }

        @Override
        public void ended(BrokerException cause) {
            endSession();
            failAll(cause);
        }
    }
}
