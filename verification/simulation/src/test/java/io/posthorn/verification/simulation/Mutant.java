package io.posthorn.verification.simulation;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.ConsumerSpec;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.DeliverySink;
import io.posthorn.broker.Done;
import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.QueueHandle;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.Reply;
import io.posthorn.broker.Transaction;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.log.Append;
import io.posthorn.log.BatchFilter;
import io.posthorn.log.Bytes;
import io.posthorn.log.Journal;
import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import io.posthorn.log.LogId;
import io.posthorn.log.LogSlice;
import io.posthorn.log.LogStorage;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.Recovery;
import io.posthorn.log.SegmentReader;
import io.posthorn.log.SegmentStore;
import io.posthorn.log.Snapshots;
import io.posthorn.log.StorageHealth;
import io.posthorn.storage.file.Disk;
import io.posthorn.storage.file.DiskFile;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Planted bugs, each put between two parts of the product; a simulation that does not find them all proves nothing.
@SuppressWarnings("ImmutableEnumChecker") // worlds run one after the other, and each opening sets it anew
enum Mutant implements Machine.Wiring {
    CONFIRM_BEFORE_SYNC {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new JournalMutant(storage, new ForwardingStorage.ForwardingJournal(storage.journal()) {
                @Override
                public long durableEnd() {
                    return journal.end();
                }
            });
        }
    },

    SYNC_LEFT_OUT {
        @Override
        public Disk disk(SimulatedDisk disk) {
            return new UnsyncedFiles(disk, name -> !name.endsWith(".new"));
        }
    },

    FAILED_SYNC_TRIED_AGAIN {
        @Override
        public Disk disk(SimulatedDisk disk) {
            return new ForwardingDisk(disk) {
                @Override
                DiskFile opened(String name, DiskFile opened) {
                    return new ForwardingFile(opened) {
                        @Override
                        public void sync() throws IOException {
                            try {
                                file.sync();
                            } catch (IOException _) {
                                file.sync();
                            }
                        }
                    };
                }
            };
        }
    },

    DIRECTORY_NOT_SYNCED {
        @Override
        public Disk disk(SimulatedDisk disk) {
            return new ForwardingDisk(disk) {
                @Override
                public void syncDirectory() {
                    // forgotten
                }
            };
        }
    },

    TORN_TAIL_ACCEPTED {
        @Override
        public SegmentStore segments(SegmentStore segments) {
            return new UncheckedSegments(segments);
        }
    },

    OLD_ENTRIES_BEHIND_THE_TAIL_ACCEPTED {
        @Override
        public LongSupplier salts(LongSupplier random) {
            return () -> 4711;
        }
    },

    CLEANING_TAKES_ONE_TOO_MANY {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new ForwardingStorage(storage) {
                @Override
                public CompletionStage<Long> clean(LogId id, long to, BatchFilter filter) {
                    return storage.clean(id, to, batch -> batch.baseOffset() % 5 == 0 ? null : filter.retain(batch));
                }
            };
        }
    },

    CLEANING_SAYS_DONE_TOO_EARLY {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new ForwardingStorage(storage) {
                @Override
                public CompletionStage<Long> clean(LogId id, long to, BatchFilter filter) {
                    storage.clean(id, to, filter);
                    return CompletableFuture.completedFuture(to);
                }
            };
        }
    },

    SNAPSHOT_COUNTS_BEFORE_ITS_DATA {
        @Override
        public Snapshots snapshots(Snapshots machines) {
            return new HastySnapshots(machines);
        }
    },

    FLIPPED_OFFSET_UNNOTICED {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new ReadingMutant(storage, 20) {
                @Override
                LogSlice misread(Log log, long offset, LogSlice slice) {
                    return new Slice(
                            slice.batches().stream().map(Mutant::flipped).toList(), slice);
                }
            };
        }
    },

    STALE_INDEX {
        @Override
        public SegmentStore segments(SegmentStore segments) {
            return new StaleSegments(segments);
        }
    },

    LOST_SETTLEMENT {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new JournalMutant(storage, new ForwardingStorage.ForwardingJournal(storage.journal()) {
                private int appends;

                @Override
                public long append(int machine, Bytes event, boolean sync) {
                    return ++appends % 7 == 0 ? journal.end() : journal.append(machine, event, sync);
                }
            });
        }
    },

    REORDERED_EVENTS {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new JournalMutant(storage, new ReorderingJournal(storage.journal()));
        }
    },

    DOUBTFUL_TAIL_TRUSTED {
        @Override
        public Disk disk(SimulatedDisk disk) {
            // What recovery should make durable again is left as it was found.
            opening = true;
            return new UnsyncedFiles(disk, name -> opening && !name.endsWith(".new"));
        }

        @Override
        public LogStorage storage(LogStorage storage) {
            opening = false;
            return storage;
        }
    },

    JOURNAL_FREED_BEFORE_ROLL_OVER_IS_SYNCED {
        @Override
        public Disk disk(SimulatedDisk disk) {
            // Data segments are made under this name, and synced through the same open file.
            return new UnsyncedFiles(disk, name -> name.matches("[0-9a-f]{16}\\.new"));
        }
    },

    MANIFEST_NOT_SYNCED {
        @Override
        public Disk disk(SimulatedDisk disk) {
            return new UnsyncedFiles(disk, name -> name.endsWith(".fact.new"));
        }
    },

    SEGMENT_HEADER_NOT_SYNCED {
        @Override
        public Disk disk(SimulatedDisk disk) {
            return new ForwardingDisk(disk) {
                @Override
                DiskFile opened(String name, DiskFile opened) {
                    return name.endsWith(".free") ? new LateSync(opened) : opened;
                }
            };
        }
    },

    GENERATION_NOT_KEPT {
        @Override
        public Disk disk(SimulatedDisk disk) {
            return new ForwardingDisk(disk) {
                @Override
                public void rename(String from, String to) throws IOException {
                    if (!to.equals("generation")) {
                        disk.rename(from, to);
                    }
                }
            };
        }
    },

    TRIM_FORGOTTEN {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new ForwardingStorage(storage) {
                @Override
                Log opened(Log opened) {
                    return new OpenLog(opened) {
                        @Override
                        public void trimBefore(long offset) {
                            // It will be there again after the restart; here nobody notices.
                        }
                    };
                }
            };
        }
    },

    DELETE_FORGOTTEN {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new ForwardingStorage(storage) {
                @Override
                public void drop(LogId id) {
                    // as above
                }
            };
        }
    },

    FAN_OUT_MISSES_ONE {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new ForwardingStorage(storage) {
                @Override
                public long[] appendAll(List<Log> logs, RecordBatch batch, boolean sync) {
                    return super.appendAll(logs.size() > 2 ? logs.subList(0, 2) : logs, batch, sync);
                }
            };
        }
    },

    TOGETHER_ONE_BY_ONE {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new ForwardingStorage(storage) {
                @Override
                public List<long[]> appendTogether(List<Append> parts, boolean sync) {
                    return parts.stream()
                            .flatMap(part -> super.appendTogether(List.of(part), sync).stream())
                            .toList();
                }
            };
        }
    },

    UNIT_NOT_KEPT_TOGETHER {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new ForwardingStorage(storage) {
                @Override
                public void atomically(boolean makesRoom, Runnable appends) {
                    appends.run();
                }
            };
        }
    },

    SHOWN_BEFORE_DURABLE(Simulation.Kind.BROKER) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return CONFIRM_BEFORE_SYNC.storage(storage);
        }
    },

    CHANGE_OF_TOPOLOGY_LOST(Simulation.Kind.BROKER) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return LOST_SETTLEMENT.storage(storage);
        }
    },

    REDELIVERED_FLAG_LOST(Simulation.Kind.BROKER) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new ForwardingStorage(storage) {
                @Override
                public StorageHealth health() {
                    // Every stop counts as a clean one, and then what was delivered is known.
                    StorageHealth health = storage.health();
                    return new StorageHealth(
                            health.appendedBytes(),
                            health.syncs(),
                            health.liveJournalBytes(),
                            health.dataBytes(),
                            health.freeBytes(),
                            health.openFiles(),
                            health.tailBytes(),
                            health.tornBytes(),
                            health.damagedRanges(),
                            true,
                            health.recoveredFrom(),
                            health.spaceLow());
                }
            };
        }
    },

    REQUEUED_OUT_OF_PLACE(Simulation.Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return intercepting(session, "consume", arguments -> {
                arguments[1] = new LateRedeliveries((DeliverySink) arguments[1]);
                return true;
            });
        }
    },

    SETTLEMENT_NOT_HEARD(Simulation.Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            var settlements = new AtomicInteger();
            return intercepting(session, "settle", _ -> settlements.incrementAndGet() % 2 != 0);
        }
    },

    DELAYED_MESSAGE_LOST(Simulation.Kind.DELAYS) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return CONFIRM_BEFORE_SYNC.storage(storage);
        }
    },

    CANCELLED_MESSAGE_COMES(Simulation.Kind.DELAYS) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return LOST_SETTLEMENT.storage(storage);
        }
    },

    DELAYED_MESSAGE_TOO_EARLY(Simulation.Kind.DELAYS) {
        @Override
        public InstantSource time(Machine.Clock clock) {
            var looks = new AtomicInteger();
            return () -> clock.instant().plusMillis(looks.incrementAndGet() % 50 == 0 ? 1_000 : 0);
        }
    },

    PRODUCERS_FORGOTTEN(Simulation.Kind.PARTITIONS) {
        @Override
        public Recovery recovery(Recovery recovery) {
            return MeddledTopics.withoutBatches(recovery);
        }
    },

    ABORTED_TRANSACTIONS_NOT_TOLD(Simulation.Kind.PARTITIONS) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledTopics.of(session, "aborted", (_, _, _) -> List.of());
        }
    },

    OPEN_TRANSACTIONS_SHOWN(Simulation.Kind.PARTITIONS) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledTopics.of(session, "read", (topics, called, arguments) -> {
                arguments[3] = Isolation.READ_UNCOMMITTED;
                return called.invoke(topics, arguments);
            });
        }
    },

    DUPLICATES_NOT_LOOKED_FOR(Simulation.Kind.PARTITIONS) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledTopics.of(session, "append", (topics, called, arguments) -> {
                arguments[2] = new AppendRule(true, AppendRule.Origin.COORDINATOR);
                return called.invoke(topics, arguments);
            });
        }
    },

    BATCH_ACKNOWLEDGED_BEFORE_DURABLE(Simulation.Kind.PARTITIONS) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledTopics.of(session, "append", (topics, called, arguments) -> {
                arguments[2] = new AppendRule(false, ((AppendRule) arguments[2]).origin());
                return called.invoke(topics, arguments);
            });
        }
    },

    IMPORT_ANSWERED_BEFORE_DURABLE(Simulation.Kind.ADMINISTRATION) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return CONFIRM_BEFORE_SYNC.storage(storage);
        }
    },

    DECISION_LOST(Simulation.Kind.ADMINISTRATION) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return LOST_SETTLEMENT.storage(storage);
        }
    },

    DEAD_LETTER_DROPPED(Simulation.Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return intercepting(session, "settle", arguments -> {
                if (arguments[3] == Outcome.REJECTED) {
                    arguments[3] = Outcome.ACCEPTED;
                }
                return true;
            });
        }
    },

    PRIORITIES_NOT_KEPT(Simulation.Kind.BROKER) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new JournalMutant(storage, new ForgetfulJournal(storage.journal(), DESCRIBED));
        }
    },

    TIMES_NOT_KEPT(Simulation.Kind.BROKER) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new JournalMutant(storage, new ForgetfulJournal(storage.journal(), EXPIRING, APPENDED));
        }
    },

    DEAD_OF_THEIR_AGE_DROPPED(Simulation.Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return declaring(
                    session,
                    arguments -> arguments.containsKey("x-message-ttl"),
                    arguments -> arguments.put("x-dead-letter-exchange", "nowhere"));
        }
    },

    DROPPED_HEAD_IS_NO_DEAD_LETTER(Simulation.Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return declaring(
                    session,
                    arguments -> arguments.containsKey("x-max-length"),
                    arguments -> arguments.put("x-dead-letter-exchange", "nowhere"));
        }
    },

    LENGTH_NOT_LIMITED(Simulation.Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return declaring(
                    session,
                    arguments -> arguments.containsKey("x-max-length"),
                    arguments -> arguments.put("x-max-length", 1_000));
        }
    },

    RETURNS_NOT_LIMITED(Simulation.Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return declaring(
                    session,
                    arguments -> arguments.containsKey("x-delivery-limit"),
                    arguments -> arguments.put("x-delivery-limit", -1));
        }
    },

    RETRIED_AT_ONCE(Simulation.Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return declaring(
                    session,
                    arguments -> arguments.containsKey("x-delayed-retry-type"),
                    arguments -> arguments.put("x-delayed-retry-type", "disabled"));
        }
    },

    RETURNS_NOT_KEPT(Simulation.Kind.BROKER) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new JournalMutant(storage, new ForgetfulJournal(storage.journal(), RETURNED));
        }
    },

    KEYS_NOT_KEPT(Simulation.Kind.BROKER) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new JournalMutant(storage, new ForgetfulJournal(storage.journal(), KEYED));
        }
    },

    TRANSACTION_IN_PIECES(Simulation.Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return transacting(session, new KeepingTransaction(session) {
                @Override
                void commit(List<Message> messages, Reply<Done> reply) {
                    super.commit(
                            messages.subList(0, 1),
                            messages.size() == 1
                                    ? reply
                                    : new Reply<>() {
                                        @Override
                                        public void ok(Done value) {
                                            commit(messages.subList(1, messages.size()), reply);
                                        }

                                        @Override
                                        public void failed(BrokerException cause) {
                                            reply.failed(cause);
                                        }
                                    });
                }
            });
        }
    },

    ROLLED_BACK_MESSAGE_COMES(Simulation.Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return transacting(session, new KeepingTransaction(session) {
                @Override
                public void rollback() {
                    commit(KeepingTransaction.IGNORED);
                }
            });
        }
    },

    STREAM_READ_FROM_ITS_END(Simulation.Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return intercepting(session, "consume", arguments -> {
                var spec = (ConsumerSpec) arguments[0];
                arguments[0] = new ConsumerSpec(
                        spec.queue(), spec.tag(), spec.autoSettle(), spec.exclusive(), spec.prefetch(), Arguments.NONE);
                return true;
            });
        }
    },

    BINDING_NOT_KEPT(Simulation.Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return intercepting(session, "bind", arguments -> {
                @SuppressWarnings("unchecked")
                Reply<Done> reply = (Reply<Done>) arguments[1];
                reply.ok(Done.DONE);
                return false;
            });
        }
    };

    private static final byte RETURNED = 5;
    private static final byte KEYED = 8;
    private static final byte DESCRIBED = 16;
    private static final byte EXPIRING = 24;
    private static final byte APPENDED = 25;

    /// In which world it is planted.
    final Simulation.Kind kind;

    boolean opening;

    Mutant() {
        this(Simulation.Kind.LOGS);
    }

    Mutant(Simulation.Kind kind) {
        this.kind = kind;
    }

    /// A session in which some queues are declared otherwise.
    private static BrokerSession declaring(
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

    private static BrokerSession transacting(BrokerSession session, KeepingTransaction transaction) {
        return (BrokerSession) Proxy.newProxyInstance(
                Mutant.class.getClassLoader(), new Class<?>[] {BrokerSession.class}, (_, called, arguments) -> {
                    return called.getName().equals("transaction") ? transaction : called.invoke(session, arguments);
                });
    }

    /// Keeps messages, and commits them in transactions of the broker.
    private static class KeepingTransaction implements Transaction {
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
    private static BrokerSession intercepting(BrokerSession session, String method, Predicate<Object[]> meddler) {
        return (BrokerSession) Proxy.newProxyInstance(
                Mutant.class.getClassLoader(), new Class<?>[] {BrokerSession.class}, (_, called, arguments) -> {
                    if (!called.getName().equals(method) || meddler.test(arguments)) {
                        return called.invoke(session, arguments);
                    }
                    return null;
                });
    }

    /// Keeps a redelivery back until another delivery has passed.
    private static final class LateRedeliveries implements DeliverySink {
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

    /// The storage as it is, with another journal.
    private static final class JournalMutant extends ForwardingStorage {
        private final Journal journal;

        JournalMutant(LogStorage storage, Journal journal) {
            super(storage);
            this.journal = journal;
        }

        @Override
        public Journal journal() {
            return journal;
        }
    }

    /// Does not append what begins with an event of some kind, as the shards write them.
    private static final class ForgetfulJournal extends ForwardingStorage.ForwardingJournal {
        private final Set<Byte> forgotten;

        ForgetfulJournal(Journal journal, Byte... forgotten) {
            super(journal);
            this.forgotten = Set.of(forgotten);
        }

        @Override
        public long append(int machine, Bytes event, boolean sync) {
            boolean ofShard = machine > 0;
            return ofShard && forgotten.contains(event.asByteBuffer().get())
                    ? journal.end()
                    : journal.append(machine, event, sync);
        }
    }

    /// Appends now and then an event before the one that came before it.
    private static final class ReorderingJournal extends ForwardingStorage.ForwardingJournal {
        private int held;
        private @Nullable Bytes heldEvent;
        private int appends;

        ReorderingJournal(Journal journal) {
            super(journal);
        }

        @Override
        public long append(int machine, Bytes event, boolean sync) {
            Bytes late = heldEvent;
            if (late == null && ++appends % 5 == 0) {
                held = machine;
                heldEvent = event;
                return journal.end();
            }
            long end = journal.append(machine, event, sync);
            if (late == null) {
                return end;
            }
            heldEvent = null;
            return journal.append(held, late, sync);
        }
    }

    /// Files whose sync does nothing.
    private static final class UnsyncedFiles extends ForwardingDisk {
        private final Predicate<String> which;

        UnsyncedFiles(Disk disk, Predicate<String> which) {
            super(disk);
            this.which = which;
        }

        @Override
        DiskFile opened(String name, DiskFile opened) {
            return new ForwardingFile(opened) {
                @Override
                public void sync() throws IOException {
                    if (!which.test(name)) {
                        file.sync();
                    }
                }
            };
        }
    }

    /// A file whose first sync does nothing, and the following ones only what was written since.
    private static final class LateSync extends ForwardingDisk.ForwardingFile {
        private int syncs;

        LateSync(DiskFile file) {
            super(file);
        }

        @Override
        public void sync() throws IOException {
            if (++syncs > 3) {
                file.sync();
            }
        }
    }

    /// Gives back entries whether or not their checksums are right.
    private static final class UncheckedSegments extends ForwardingSegments {
        private static final int HEADER = 32;
        private static final int FIRST = 4096;

        UncheckedSegments(SegmentStore segments) {
            super(segments);
        }

        @Override
        public SegmentReader open(SegmentId id) {
            return new ForwardingReader(segments.open(id)) {
                @Override
                public @Nullable Entry next(long address) {
                    long start = Math.max(FIRST, address);
                    var header = ByteBuffer.allocate(HEADER);
                    try {
                        reader.read(start, header);
                        if (header.getInt(0) != 0x50484A45) {
                            return reader.next(address);
                        }
                        var bytes = ByteBuffer.allocate(header.getInt(4));
                        reader.read(start + HEADER, bytes);
                        long next = (start + HEADER + bytes.capacity() + 511) & -512L;
                        return new Entry(start + HEADER, new Bytes(bytes.array()), next);
                    } catch (LogException.Damaged _) {
                        return null;
                    }
                }
            };
        }
    }

    /// Remembers what was read where, and not that the place may since be another's.
    private static final class StaleSegments extends ForwardingSegments {
        private final Map<Long, byte[]> seen = new HashMap<>();

        StaleSegments(SegmentStore segments) {
            super(segments);
        }

        @Override
        public SegmentReader open(SegmentId id) {
            return new ForwardingReader(segments.open(id)) {
                @Override
                public void read(long address, ByteBuffer target) {
                    byte[] stale = seen.get(address);
                    if (stale != null && stale.length == target.remaining()) {
                        target.put(stale);
                        return;
                    }
                    int from = target.position();
                    reader.read(address, target);
                    byte[] fresh = new byte[target.position() - from];
                    target.get(from, fresh);
                    seen.put(address, fresh);
                }
            };
        }
    }

    /// Says that everything is written before it is.
    private record HastySnapshots(Snapshots states) implements Snapshots {
        @Override
        public void begin(SnapshotWriter writer) {
            states.machines().forEach(writer::done);
            states.begin(new SnapshotWriter() {
                @Override
                public void chunk(int machine, Bytes chunk) {
                    writer.chunk(machine, chunk);
                }

                @Override
                public void done(int machine) {
                    // said before
                }
            });
        }

        @Override
        public Set<Integer> machines() {
            return states.machines();
        }
    }

    /// Every n-th reading is not what was asked for.
    private abstract static class ReadingMutant extends ForwardingStorage {
        private final int every;
        private int reads;

        ReadingMutant(LogStorage storage, int every) {
            super(storage);
            this.every = every;
        }

        abstract LogSlice misread(Log log, long offset, LogSlice slice);

        @Override
        Log opened(Log opened) {
            return new OpenLog(opened) {
                @Override
                public @Nullable LogSlice readTail(long offset, int maxBytes) {
                    LogSlice slice = log.readTail(offset, maxBytes);
                    return slice != null && ++reads % every == 0 ? misread(log, offset, slice) : slice;
                }

                @Override
                public LogSlice read(long offset, int maxBytes) {
                    LogSlice slice = log.read(offset, maxBytes);
                    return ++reads % every == 0 ? misread(log, offset, slice) : slice;
                }
            };
        }
    }

    private record Slice(List<RecordBatch> batches, LogSlice behind) implements LogSlice {
        @Override
        public void close() {
            behind.close();
        }
    }

    private static RecordBatch flipped(RecordBatch batch) {
        var bytes = batch.bytes();
        byte[] copy = Arrays.copyOfRange(bytes.array(), bytes.offset(), bytes.offset() + bytes.length());
        copy[7] ^= 2;
        return RecordBatch.of(new Bytes(copy));
    }
}
