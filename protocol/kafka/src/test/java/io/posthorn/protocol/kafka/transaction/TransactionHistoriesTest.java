package io.posthorn.protocol.kafka.transaction;

import static java.util.Objects.requireNonNull;
import static org.apache.kafka.common.requests.TransactionResult.ABORT;
import static org.apache.kafka.common.requests.TransactionResult.COMMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.protocol.kafka.transaction.TransactionRequest.AddPartitions;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.End;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.InitProducer;
import io.posthorn.protocol.kafka.transaction.TransactionState.Ongoing;
import io.posthorn.protocol.kafka.transaction.TransactionState.Prepared;
import io.posthorn.protocol.kafka.transaction.TransactionWorld.Event;
import io.posthorn.protocol.kafka.transaction.TransactionWorld.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TransactionResult;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Producers of both kinds begin, write, end, repeat themselves and replace each other, while logs fail and
/// the broker crashes between any two steps. Whatever happens, a transaction is committed everywhere or
/// nowhere.
class TransactionHistoriesTest {
    private static final int SEEDS = 1_500;
    private static final int STEPS = 1_500;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static final List<TopicPartition> PARTITIONS =
            List.of(new TopicPartition("events", 0), new TopicPartition("events", 1), new TopicPartition("other", 0));

    private static final Logger LOGGER = Logger.getLogger(TransactionCoordinator.class.getName());

    @BeforeAll
    static void keepQuiet() {
        LOGGER.setLevel(Level.OFF);
    }

    @AfterAll
    static void speakAgain() {
        LOGGER.setLevel(null);
    }

    /// Looks at answers as they come, and tells at the end what was wrong with one: its future would keep that to
    /// itself.
    private static final class Answers {
        private final List<AssertionError> wrong = new ArrayList<>();

        <T> void hear(CompletableFuture<T> reply, Consumer<T> then) {
            var _ = reply.thenAccept(answer -> {
                try {
                    then.accept(answer);
                } catch (AssertionError e) {
                    wrong.add(e);
                }
            });
        }

        void check() {
            assertThat(wrong).isEmpty();
        }
    }

    @Test
    void noTransactionIsHalfCommitted() {
        for (int seed = 0; seed < SEEDS; seed++) {
            new History(seed).run();
        }
    }

    private static final class History {
        private final int seed;
        private final Random random;
        private final TransactionWorld world;
        private final List<Client> clients = new ArrayList<>();
        private final Set<String> mustCommit = new HashSet<>();
        private final Set<String> mustNotCommit = new HashSet<>();
        private final Map<Long, String> ownerOfId = new HashMap<>();
        private final Set<ProducerIdAndEpoch> given = new HashSet<>();
        private final Answers answers = new Answers();
        private int transactions;

        History(int seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.world = new TransactionWorld(random, PARTITIONS);
        }

        void run() {
            int crashEvery = 100 << seed % 5;
            for (int i = 0; i < 2; i++) {
                clients.add(new Client("id" + i, random.nextBoolean()));
            }
            for (int step = 0; step < STEPS; step++) {
                if (random.nextInt(crashEvery) == 0) {
                    world.crash();
                } else if (random.nextInt(3) == 0) {
                    clients.get(random.nextInt(clients.size())).step();
                } else {
                    world.step();
                }
                if (random.nextInt(100) == 0) {
                    // Another instance takes the place of one that may still be there.
                    clients.removeIf(client -> client.isFenced);
                    clients.add(new Client("id" + random.nextInt(2), random.nextBoolean()));
                }
            }
            world.settle(TIMEOUT.plusSeconds(1));
            check();
        }

        private void check() {
            answers.check();
            Map<String, Set<Fate>> fates = world.fates(seed);
            fates.forEach((transaction, its) ->
                    assertThat(its).as("seed %d, %s", seed, transaction).hasSize(1));
            for (String transaction : mustCommit) {
                assertThat(fates.getOrDefault(transaction, Set.of(Fate.COMMITTED)))
                        .as("seed %d, %s was confirmed", seed, transaction)
                        .containsExactly(Fate.COMMITTED);
            }
            for (String transaction : mustNotCommit) {
                assertThat(fates.getOrDefault(transaction, Set.of()))
                        .as("seed %d, %s", seed, transaction)
                        .doesNotContain(Fate.COMMITTED);
            }
            for (String id : List.of("id0", "id1")) {
                TransactionalProducer producer = world.durable(id);
                if (producer != null) {
                    assertThat(producer.state())
                            .as("seed %d, %s", seed, id)
                            .isNotInstanceOfAny(Prepared.class, Ongoing.class);
                }
            }
        }

        /// One instance of a producer, one request at a time but for its batches.
        private final class Client {
            private final String id;
            private final boolean isNew;
            private int requests;
            private boolean waits;
            private int life;
            private @Nullable ProducerIdAndEpoch producer;
            private boolean isFenced;
            private @Nullable String transaction;
            private @Nullable TransactionResult ending;
            private int unconfirmed;
            private boolean hasLost;

            Client(String id, boolean isNew) {
                this.id = id;
                this.isNew = isNew;
            }

            private short version() {
                return (short) (isNew ? 2 : 0);
            }

            void step() {
                if (isFenced) {
                    return;
                }
                if (life != world.life()) {
                    reconnect();
                } else if (waits) {
                    return;
                } else if (producer == null) {
                    initialise();
                } else if (ending != null) {
                    end(ending);
                } else if (transaction == null) {
                    begin();
                } else {
                    goOn();
                }
            }

            private void reconnect() {
                life = world.life();
                waits = false;
                if (unconfirmed > 0) {
                    hasLost = true;
                    unconfirmed = 0;
                }
            }

            private void initialise() {
                ask(new InitProducer(TIMEOUT, null), answer -> {
                    producer = answer.producer();
                    assertThat(given.add(producer))
                            .as("seed %d: %s is given to one instance", seed, producer)
                            .isTrue();
                    own(producer);
                });
            }

            private void own(ProducerIdAndEpoch which) {
                assertThat(ownerOfId.computeIfAbsent(which.id(), _ -> id))
                        .as("seed %d: %s belongs to one transactional id", seed, which)
                        .isEqualTo(id);
            }

            private void begin() {
                transactions++;
                transaction = id + "#" + transactions;
                unconfirmed = 0;
                hasLost = false;
                write();
            }

            private void goOn() {
                switch (random.nextInt(7)) {
                    case 0, 1, 2 -> write();
                    case 3 -> ending = ABORT;
                    default -> {
                        if (hasLost) {
                            ending = ABORT;
                        } else if (unconfirmed == 0) {
                            ending = COMMIT;
                        }
                    }
                }
                if (ending == ABORT) {
                    mustNotCommit.add(transaction());
                }
            }

            /// Of an instance that has one.
            private ProducerIdAndEpoch producer() {
                return requireNonNull(producer);
            }

            /// The one that has begun.
            private String transaction() {
                return requireNonNull(transaction);
            }

            private void write() {
                TopicPartition partition = PARTITIONS.get(random.nextInt(PARTITIONS.size()));
                OpenTransaction open = world.open().of(id);
                if (open != null && open.enter(producer().id(), producer().epoch(), partition)) {
                    send(open, partition);
                } else {
                    ask(new AddPartitions(producer(), Set.of(partition), version()), _ -> {});
                }
            }

            private void send(OpenTransaction open, TopicPartition partition) {
                var batch = new Event.Batch(producer(), transaction());
                String its = transaction();
                unconfirmed++;
                world.later(() -> {
                    CompletableFuture<Boolean> appended = world.append(partition, batch);
                    open.leave();
                    var _ = appended.whenComplete((_, fault) -> {
                        if (its.equals(transaction)) {
                            unconfirmed--;
                            hasLost |= fault != null;
                        }
                    });
                });
            }

            private void end(TransactionResult result) {
                String its = transaction();
                ask(new End(producer(), result, version()), answer -> {
                    if (result == COMMIT) {
                        mustCommit.add(its);
                    }
                    if (isNew) {
                        producer = answer.producer();
                        own(producer);
                    }
                    transaction = null;
                    ending = null;
                });
            }

            private void ask(TransactionRequest request, Consumer<Answer> then) {
                requests++;
                waits = true;
                int its = requests;
                answers.hear(world.coordinator().ask(id, request), answer -> {
                    // Who has connected anew waits for nothing that was asked before.
                    if (waits && its == requests) {
                        waits = false;
                        heard(answer, then);
                    }
                });
            }

            private void heard(Answer answer, Consumer<Answer> then) {
                switch (answer.error()) {
                    case NONE -> then.accept(answer);
                    case CONCURRENT_TRANSACTIONS, COORDINATOR_NOT_AVAILABLE -> {}
                    case PRODUCER_FENCED, INVALID_PRODUCER_ID_MAPPING -> isFenced = true;
                    // It was aborted in the meantime, or was empty.
                    case INVALID_TXN_STATE -> {
                        if (ending == COMMIT) {
                            mustNotCommit.add(transaction());
                        }
                        isFenced = true;
                    }
                    default -> throw new AssertionError("seed " + seed + ": " + answer);
                }
            }
        }
    }

    @Test
    void noProducerIdIsGivenTwiceWhateverIsLost() {
        for (int seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            var world = new TransactionWorld(random, PARTITIONS);
            var answers = new Answers();
            var given = new HashSet<Long>();
            for (int step = 0; step < 3_000; step++) {
                if (random.nextInt(100) == 0) {
                    world.crash();
                }
                if (random.nextInt(3) == 0) {
                    int its = seed;
                    answers.hear(world.coordinator().newProducer(), answer -> {
                        if (answer.error() == Errors.NONE) {
                            assertThat(given.add(answer.producer().id()))
                                    .as("seed %d: %s", its, answer.producer())
                                    .isTrue();
                        }
                    });
                }
                world.step();
            }
            answers.check();
            assertThat(given).isNotEmpty();
        }
    }
}
