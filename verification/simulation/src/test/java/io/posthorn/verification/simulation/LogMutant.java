package io.posthorn.verification.simulation;

import io.posthorn.log.Append;
import io.posthorn.log.BatchFilter;
import io.posthorn.log.Bytes;
import io.posthorn.log.Log;
import io.posthorn.log.LogId;
import io.posthorn.log.LogSlice;
import io.posthorn.log.LogStorage;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.SegmentStore;
import io.posthorn.log.Snapshots;
import io.posthorn.storage.file.Disk;
import io.posthorn.storage.file.DiskFile;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/// Bugs planted below and in the log, where only logs are written and read.
enum LogMutant implements Mutant {
    CONFIRM_BEFORE_SYNC {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new MeddledJournal.Replaced(storage, new ForwardingStorage.ForwardingJournal(storage.journal()) {
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
            return new MeddledDisk.Unsynced(disk, name -> !name.endsWith(".new"));
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
            return new MeddledSegments.Unchecked(segments);
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
            return new MeddledJournal.HastySnapshots(machines);
        }
    },

    FLIPPED_OFFSET_UNNOTICED {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new MeddledReads.Wrong(storage, 20) {
                @Override
                LogSlice misread(Log log, long offset, LogSlice slice) {
                    return new MeddledReads.Slice(
                            slice.batches().stream().map(MeddledReads::flipped).toList(), slice);
                }
            };
        }
    },

    STALE_INDEX {
        @Override
        public SegmentStore segments(SegmentStore segments) {
            return new MeddledSegments.Stale(segments);
        }
    },

    LOST_SETTLEMENT {
        @Override
        public LogStorage storage(LogStorage storage) {
            return new MeddledJournal.Replaced(storage, new ForwardingStorage.ForwardingJournal(storage.journal()) {
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
            return new MeddledJournal.Replaced(storage, new MeddledJournal.Reordering(storage.journal()));
        }
    },

    DOUBTFUL_TAIL_TRUSTED {
        @Override
        public Disk disk(SimulatedDisk disk) {
            // What recovery should make durable again is left as it was found.
            opening = true;
            return new MeddledDisk.Unsynced(disk, name -> opening && !name.endsWith(".new"));
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
            return new MeddledDisk.Unsynced(disk, name -> name.matches("[0-9a-f]{16}\\.new"));
        }
    },

    MANIFEST_NOT_SYNCED {
        @Override
        public Disk disk(SimulatedDisk disk) {
            return new MeddledDisk.Unsynced(disk, name -> name.endsWith(".fact.new"));
        }
    },

    SEGMENT_HEADER_NOT_SYNCED {
        @Override
        public Disk disk(SimulatedDisk disk) {
            return new ForwardingDisk(disk) {
                @Override
                DiskFile opened(String name, DiskFile opened) {
                    return name.endsWith(".free") ? new MeddledDisk.LateSync(opened) : opened;
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
    };

    // Set anew by each opening: worlds run one after the other.
    private static boolean opening;

    @Override
    public Simulation.Kind kind() {
        return Simulation.Kind.LOGS;
    }
}
