package io.posthorn.verification.simulation;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.ConsumerSpec;
import io.posthorn.broker.DeliverySink;
import io.posthorn.broker.Done;
import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.Reply;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.LeaseEnd.How;
import io.posthorn.log.LogStorage;
import io.posthorn.log.Recovery;
import io.posthorn.log.StorageHealth;
import io.posthorn.verification.simulation.Simulation.Kind;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Bugs planted in and around a broker.
enum BrokerMutant implements Mutant {
    SHOWN_BEFORE_DURABLE(Kind.BROKER) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return LogMutant.CONFIRM_BEFORE_SYNC.storage(storage);
        }
    },

    CHANGE_OF_TOPOLOGY_LOST(Kind.BROKER) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return LogMutant.LOST_SETTLEMENT.storage(storage);
        }
    },

    REDELIVERED_FLAG_LOST(Kind.BROKER) {
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

    REQUEUED_OUT_OF_PLACE(Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledSession.intercepting(session, "consume", arguments -> {
                arguments[1] = new MeddledSession.LateRedeliveries((DeliverySink) arguments[1]);
                return true;
            });
        }
    },

    SETTLEMENT_NOT_HEARD(Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            var settlements = new AtomicInteger();
            return MeddledSession.intercepting(session, "settle", _ -> settlements.incrementAndGet() % 2 != 0);
        }
    },

    DELAYED_MESSAGE_LOST(Kind.DELAYS) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return LogMutant.CONFIRM_BEFORE_SYNC.storage(storage);
        }
    },

    CANCELLED_MESSAGE_COMES(Kind.DELAYS) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return LogMutant.LOST_SETTLEMENT.storage(storage);
        }
    },

    DELAYED_MESSAGE_TOO_EARLY(Kind.DELAYS) {
        @Override
        public InstantSource time(Machine.Clock clock) {
            var looks = new AtomicInteger();
            return () -> clock.instant().plusMillis(looks.incrementAndGet() % 50 == 0 ? 1_000 : 0);
        }
    },

    PRODUCERS_FORGOTTEN(Kind.PARTITIONS) {
        @Override
        public Recovery recovery(Recovery recovery) {
            return MeddledTopics.withoutBatches(recovery);
        }
    },

    ABORTED_TRANSACTIONS_NOT_TOLD(Kind.PARTITIONS) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledTopics.of(session, "aborted", (_, _, _) -> List.of());
        }
    },

    OPEN_TRANSACTIONS_SHOWN(Kind.PARTITIONS) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledTopics.of(session, "read", (topics, called, arguments) -> {
                arguments[3] = Isolation.READ_UNCOMMITTED;
                return called.invoke(topics, arguments);
            });
        }
    },

    DUPLICATES_NOT_LOOKED_FOR(Kind.PARTITIONS) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledTopics.of(session, "append", (topics, called, arguments) -> {
                arguments[2] = new AppendRule(true, AppendRule.Origin.COORDINATOR);
                return called.invoke(topics, arguments);
            });
        }
    },

    LATE_MARKERS_NOT_LOOKED_FOR(Kind.PARTITIONS) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledTopics.of(session, "append", (topics, called, arguments) -> {
                AppendRule rule = (AppendRule) arguments[2];
                if (rule.origin() == AppendRule.Origin.COORDINATOR_OF_EPOCHS) {
                    arguments[2] = new AppendRule(rule.awaitsDurable(), AppendRule.Origin.COORDINATOR);
                }
                return called.invoke(topics, arguments);
            });
        }
    },

    BATCH_ACKNOWLEDGED_BEFORE_DURABLE(Kind.PARTITIONS) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledTopics.of(session, "append", (topics, called, arguments) -> {
                arguments[2] = new AppendRule(false, ((AppendRule) arguments[2]).origin());
                return called.invoke(topics, arguments);
            });
        }
    },

    CURSOR_BEGINS_WITH_THE_FIRST_RECORD(Kind.LEASES) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledLeases.withoutStarts(session);
        }
    },

    REFUSED_RECORD_COMES_AGAIN(Kind.LEASES) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledLeases.holders(session, MeddledLeases.ending(How.REJECTED, How.RELEASED));
        }
    },

    RELEASED_RECORD_IS_GONE(Kind.LEASES) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledLeases.holders(session, MeddledLeases.ending(How.RELEASED, How.ACCEPTED));
        }
    },

    RELEASE_NOT_COUNTED(Kind.LEASES) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledLeases.holders(session, MeddledLeases.ending(How.RELEASED, How.UNSEEN));
        }
    },

    RENEWAL_NOT_HEARD(Kind.LEASES) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledLeases.holders(session, MeddledLeases.deafToRenewal());
        }
    },

    LEASE_WITHOUT_AN_END(Kind.LEASES) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledLeases.holders(session, MeddledLeases.endless());
        }
    },

    LEASE_ENDED_BEFORE_DURABLE(Kind.LEASES) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return LogMutant.CONFIRM_BEFORE_SYNC.storage(storage);
        }
    },

    DELIVERIES_NOT_KEPT(Kind.LEASES) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new MeddledJournal.Replaced(
                    storage, new MeddledJournal.Forgetful(storage.journal(), MeddledJournal.RETURNED));
        }
    },

    IMPORT_ANSWERED_BEFORE_DURABLE(Kind.ADMINISTRATION) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return LogMutant.CONFIRM_BEFORE_SYNC.storage(storage);
        }
    },

    DECISION_LOST(Kind.ADMINISTRATION) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return LogMutant.LOST_SETTLEMENT.storage(storage);
        }
    },

    DEAD_LETTER_DROPPED(Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledSession.intercepting(session, "settle", arguments -> {
                if (arguments[3] == Outcome.REJECTED) {
                    arguments[3] = Outcome.ACCEPTED;
                }
                return true;
            });
        }
    },

    PRIORITIES_NOT_KEPT(Kind.BROKER) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new MeddledJournal.Replaced(
                    storage, new MeddledJournal.Forgetful(storage.journal(), MeddledJournal.DESCRIBED));
        }
    },

    TIMES_NOT_KEPT(Kind.BROKER) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new MeddledJournal.Replaced(
                    storage,
                    new MeddledJournal.Forgetful(storage.journal(), MeddledJournal.EXPIRING, MeddledJournal.APPENDED));
        }
    },

    DEAD_OF_THEIR_AGE_DROPPED(Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledSession.declaring(
                    session,
                    arguments -> arguments.containsKey("x-message-ttl"),
                    arguments -> arguments.put("x-dead-letter-exchange", "nowhere"));
        }
    },

    DROPPED_HEAD_IS_NO_DEAD_LETTER(Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledSession.declaring(
                    session,
                    arguments -> arguments.containsKey("x-max-length"),
                    arguments -> arguments.put("x-dead-letter-exchange", "nowhere"));
        }
    },

    LENGTH_NOT_LIMITED(Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledSession.declaring(
                    session,
                    arguments -> arguments.containsKey("x-max-length"),
                    arguments -> arguments.put("x-max-length", 1_000));
        }
    },

    RETURNS_NOT_LIMITED(Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledSession.declaring(
                    session,
                    arguments -> arguments.containsKey("x-delivery-limit"),
                    arguments -> arguments.put("x-delivery-limit", -1));
        }
    },

    RETRIED_AT_ONCE(Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledSession.declaring(
                    session,
                    arguments -> arguments.containsKey("x-delayed-retry-type"),
                    arguments -> arguments.put("x-delayed-retry-type", "disabled"));
        }
    },

    RETURNS_NOT_KEPT(Kind.BROKER) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new MeddledJournal.Replaced(
                    storage, new MeddledJournal.Forgetful(storage.journal(), MeddledJournal.RETURNED));
        }
    },

    KEYS_NOT_KEPT(Kind.BROKER) {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new MeddledJournal.Replaced(
                    storage, new MeddledJournal.Forgetful(storage.journal(), MeddledJournal.KEYED));
        }
    },

    TRANSACTION_IN_PIECES(Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledSession.transacting(session, new MeddledSession.KeepingTransaction(session) {
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

    ROLLED_BACK_MESSAGE_COMES(Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledSession.transacting(session, new MeddledSession.KeepingTransaction(session) {
                @Override
                public void rollback() {
                    commit(MeddledSession.KeepingTransaction.IGNORED);
                }
            });
        }
    },

    STREAM_READ_FROM_ITS_END(Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledSession.intercepting(session, "consume", arguments -> {
                var spec = (ConsumerSpec) arguments[0];
                arguments[0] = new ConsumerSpec(
                        spec.queue(), spec.tag(), spec.autoSettle(), spec.exclusive(), spec.prefetch(), Arguments.NONE);
                return true;
            });
        }
    },

    BINDING_NOT_KEPT(Kind.BROKER) {
        @Override
        public BrokerSession session(BrokerSession session) {
            return MeddledSession.intercepting(session, "bind", arguments -> {
                @SuppressWarnings("unchecked")
                Reply<Done> reply = (Reply<Done>) arguments[1];
                reply.ok(Done.DONE);
                return false;
            });
        }
    };

    private final Kind kind;

    BrokerMutant(Kind kind) {
        this.kind = kind;
    }

    @Override
    public Kind kind() {
        return kind;
    }
}
