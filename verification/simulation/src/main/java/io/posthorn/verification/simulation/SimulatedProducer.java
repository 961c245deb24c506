package io.posthorn.verification.simulation;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerException.ProducerRefused;
import io.posthorn.broker.BrokerException.ProducerRefused.Reason;
import io.posthorn.broker.Reply;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Appended;
import io.posthorn.log.RecordBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One that numbers its batches and tries again until they are acknowledged, as clients do, whatever dies meanwhile. It
/// and its coordinator outlive every process.
final class SimulatedProducer {
    private static final int MOST_UNDER_WAY = 5;
    private static final AppendRule OF_CLIENT = new AppendRule(true, AppendRule.Origin.CLIENT);
    private static final AppendRule OF_COORDINATOR = new AppendRule(true, AppendRule.Origin.COORDINATOR);
    private static final AppendRule OF_EPOCHS = new AppendRule(true, AppendRule.Origin.COORDINATOR_OF_EPOCHS);

    private final PartitionWorkload world;
    private final Dice dice;
    private final long id;
    private final boolean transactional;
    private final Map<Integer, Integer> nextSequences = new TreeMap<>();
    private final Map<Integer, ArrayDeque<Sent>> unanswered = new TreeMap<>();
    private int epoch;

    // The transaction that is open, or is being ended.
    private PartitionHistory.@Nullable Decision transaction;
    private final List<Marker> markers = new ArrayList<>();

    /// The last marker of each partition.
    private final Map<Integer, Marker> written = new TreeMap<>();

    private final TreeMap<Integer, Boolean> touched = new TreeMap<>();

    SimulatedProducer(PartitionWorkload world, Dice dice, long id, boolean transactional) {
        this.world = world;
        this.dice = dice;
        this.id = id;
        this.transactional = transactional;
    }

    /// A batch, and the process that was asked to append it last.
    private static final class Sent {
        final int partition;
        final RecordBatch batch;
        final List<Long> values;
        final int epoch;
        int askedIn = -1;

        Sent(int partition, int epoch, RecordBatch batch, List<Long> values) {
            this.partition = partition;
            this.epoch = epoch;
            this.batch = batch;
            this.values = values;
        }
    }

    private static final class Marker {
        final int partition;
        final int epoch;
        final boolean commits;
        final AppendRule rule;
        int askedIn = -1;

        /// The epoch of another that has not heard of it; -1 for nobody.
        int fenced = -1;

        Marker(int partition, int epoch, boolean commits, AppendRule rule) {
            this.partition = partition;
            this.epoch = epoch;
            this.commits = commits;
            this.rule = rule;
        }
    }

    /// Sends a batch, tries the old ones again, or ends its transaction.
    void act() {
        tryAgain();
        if (dice.chance(8)) {
            // No answer has come for long, so the connection is taken for lost; what was asked may be done yet.
            unanswered.values().forEach(waiting -> List.copyOf(waiting).forEach(this::ask));
        }
        if (!markers.isEmpty()) {
            return;
        }
        if (transaction != null && dice.chance(20)) {
            end(dice.chance(60));
        } else {
            send(dice.below(world.partitions()));
        }
    }

    private void send(int partition) {
        var waiting = unanswered.computeIfAbsent(partition, _ -> new ArrayDeque<>());
        if (waiting.size() == MOST_UNDER_WAY) {
            return;
        }
        if (transactional && transaction == null) {
            transaction = new PartitionHistory.Decision();
        }
        List<Long> values = world.newValues(dice.between(1, 4));
        int sequence = nextSequences.getOrDefault(partition, 0);
        nextSequences.put(partition, sequence + values.size());
        touched.put(partition, true);
        world.history(partition).sent(values, transaction);
        var sent = new Sent(partition, epoch, batch(values, epoch, sequence), values);
        waiting.add(sent);
        ask(sent);
    }

    private RecordBatch batch(List<Long> values, int inEpoch, int sequence) {
        return NumberedBatch.of(NumberedBatch.plain(world.now(), values), id, inEpoch, sequence, transactional);
    }

    private void ask(Sent sent) {
        int life = world.life();
        sent.askedIn = life;
        world.append(sent.partition, sent.batch, OF_CLIENT, new Reply<>() {
            @Override
            public void ok(Appended appended) {
                world.guarded(() -> {
                    world.history(sent.partition).acknowledged(appended.baseOffset(), sent.values);
                    unanswered(sent.partition).remove(sent);
                });
                if (sent.epoch == epoch && transaction != null && dice.chance(20)) {
                    sendLateMarker(sent.partition);
                }
            }

            @Override
            public void failed(BrokerException cause) {
                sent.askedIn = -1;
                world.guarded(() -> checkRefusal(sent, cause));
            }
        });
    }

    private ArrayDeque<Sent> unanswered(int partition) {
        return unanswered.computeIfAbsent(partition, _ -> new ArrayDeque<>());
    }

    /// A gap is one only where what was before has not been appended.
    private void checkRefusal(Sent sent, BrokerException cause) {
        if (cause instanceof ProducerRefused refused) {
            boolean first = unanswered(sent.partition).peek() == sent;
            if (refused.reason() != Reason.OUT_OF_ORDER_SEQUENCE || first) {
                throw new InvariantBroken("%s: %s of %s".formatted(world.history(sent.partition), cause, sent.values));
            }
        }
    }

    /// What a process that is gone was asked, and what failed, is asked for again, in order.
    private void tryAgain() {
        unanswered.values().forEach(waiting -> {
            boolean anyAsked = waiting.stream().anyMatch(sent -> sent.askedIn == world.life());
            if (!anyAsked) {
                List.copyOf(waiting).forEach(this::ask);
            }
        });
        List.copyOf(markers).forEach(marker -> {
            if (marker.askedIn != world.life()) {
                ask(marker);
            }
        });
    }

    // ---- Ends of transactions

    /// With batches of which nothing is known a transaction can be aborted only, and the next one has another epoch.
    private void end(boolean wanted) {
        PartitionHistory.Decision ending = transaction;
        if (ending == null) {
            return;
        }
        boolean allAnswered = unanswered.values().stream().allMatch(ArrayDeque::isEmpty);
        boolean commits = wanted && allAnswered;
        boolean isBumped = !allAnswered || dice.chance(50);
        ending.commits = commits;
        int before = epoch;
        if (isBumped) {
            epoch++;
            nextSequences.clear();
            unanswered.clear();
        }
        AppendRule rule = isBumped ? OF_EPOCHS : OF_COORDINATOR;
        touched.keySet().forEach(partition -> markers.add(new Marker(partition, epoch, commits, rule)));
        touched.clear();
        markers.forEach(this::ask);
        if (isBumped && dice.chance(30) && !markers.isEmpty()) {
            markers.getFirst().fenced = before;
        }
    }

    private void ask(Marker marker) {
        marker.askedIn = world.life();
        world.append(marker.partition, batch(marker), marker.rule, new Reply<>() {
            @Override
            public void ok(Appended appended) {
                if (marker.fenced >= 0) {
                    sendAsZombie(marker.partition, marker.fenced);
                    marker.fenced = -1;
                }
                markers.remove(marker);
                written.put(marker.partition, marker);
                if (markers.isEmpty()) {
                    transaction = null;
                }
            }

            @Override
            public void failed(BrokerException cause) {
                marker.askedIn = -1;
                if (cause instanceof ProducerRefused) {
                    world.guarded(() -> {
                        throw new InvariantBroken(
                                "%s: a marker of %d: %s".formatted(world.history(marker.partition), id, cause));
                    });
                }
            }
        });
    }

    private RecordBatch batch(Marker marker) {
        return NumberedBatch.marker(world.now(), id, marker.epoch, world.life(), marker.commits);
    }

    /// The marker of the transaction before comes once more, on a way that was slow, when the next one is open.
    private void sendLateMarker(int partition) {
        Marker late = written.get(partition);
        if (late == null || !late.rule.equals(OF_EPOCHS) || late.epoch != epoch || !markers.isEmpty()) {
            return;
        }
        world.append(partition, batch(late), late.rule, mustBeRefused(partition, "a late marker ended a transaction"));
    }

    /// Another with the same id has not heard that its epoch is over.
    private void sendAsZombie(int partition, int oldEpoch) {
        List<Long> values = world.newValues(1);
        world.history(partition).refused(values);
        world.append(
                partition,
                batch(values, oldEpoch, 0),
                OF_CLIENT,
                mustBeRefused(partition, "a zombie's batch was appended"));
    }

    private Reply<Appended> mustBeRefused(int partition, String otherwise) {
        return new Reply<>() {
            @Override
            public void ok(Appended appended) {
                world.guarded(() -> {
                    throw new InvariantBroken(world.history(partition) + ": " + otherwise);
                });
            }

            @Override
            public void failed(BrokerException cause) {
                // As it should be.
            }
        };
    }

    /// Comes to an end with everything.
    ///
    /// @return whether nothing is left to be done
    boolean finish() {
        tryAgain();
        if (transaction != null
                && markers.isEmpty()
                && unanswered.values().stream().allMatch(ArrayDeque::isEmpty)) {
            end(dice.chance(50));
        }
        return transaction == null && unanswered.values().stream().allMatch(ArrayDeque::isEmpty);
    }
}
