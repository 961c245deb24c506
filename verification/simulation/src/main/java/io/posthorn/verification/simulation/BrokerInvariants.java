package io.posthorn.verification.simulation;

import io.posthorn.verification.simulation.BrokerEvent.AtMostOnce;
import io.posthorn.verification.simulation.BrokerEvent.Confirmed;
import io.posthorn.verification.simulation.BrokerEvent.Declared;
import io.posthorn.verification.simulation.BrokerEvent.DeleteAsked;
import io.posthorn.verification.simulation.BrokerEvent.Deleted;
import io.posthorn.verification.simulation.BrokerEvent.Delivered;
import io.posthorn.verification.simulation.BrokerEvent.Drained;
import io.posthorn.verification.simulation.BrokerEvent.FannedOut;
import io.posthorn.verification.simulation.BrokerEvent.GivenBack;
import io.posthorn.verification.simulation.BrokerEvent.LookedFor;
import io.posthorn.verification.simulation.BrokerEvent.MayHaveReached;
import io.posthorn.verification.simulation.BrokerEvent.Published;
import io.posthorn.verification.simulation.BrokerEvent.Refused;
import io.posthorn.verification.simulation.BrokerEvent.Restarted;
import io.posthorn.verification.simulation.BrokerEvent.Settled;
import io.posthorn.verification.simulation.BrokerEvent.Taken;
import io.posthorn.verification.simulation.BrokerEvent.TimePassed;
import io.posthorn.verification.simulation.BrokerEvent.Together;
import io.posthorn.verification.simulation.BrokerEvent.Unanswered;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The promises of a broker to its clients.
final class BrokerInvariants {
    private BrokerInvariants() {}

    static List<Invariant<BrokerEvent>> all() {
        return List.of(
                new WhatWasConfirmedOrShownSurvives(),
                new OnlyWhatWasPublishedIsDelivered(),
                new TheQueuesOrderIsKept(),
                new NothingIsDeliveredAfterItsTime(),
                new NoUnflaggedDuplicate(),
                new WhatIsSettledStaysSettled(),
                new CountsAddUp(),
                new QueuesSurviveAndDeletedOnesDoNot(),
                new BindingsSurvive(),
                new EverythingIsAnswered(),
                new DeadLettersArrive(),
                new TheDeadArrive(),
                new NoQueueIsTooLong(),
                new NothingComesBackTooOften(),
                new WhatComesBackWaits(),
                new NoKeyHasMoreThanItsShare());
    }

    private static boolean isGrave(String queue) {
        return QueueKind.of(queue).isGrave();
    }

    private static void check(boolean holds, Invariant<BrokerEvent> invariant, Object what) {
        if (!holds) {
            throw new InvariantBroken(invariant.getClass().getSimpleName() + ": " + what);
        }
    }

    /// A message in one queue.
    private record Copy(String queue, long message) {}

    /// A persistent message that was confirmed, or shown to a consumer, is there until it is settled or its time is
    /// over, and with it those of its transaction. Of queues that give up others, [TheDeadArrive] tells.
    static final class WhatWasConfirmedOrShownSurvives implements Invariant<BrokerEvent> {
        private final Map<Long, List<String>> queuesOf = new HashMap<>();
        private final Map<String, TreeSet<Long>> owed = new HashMap<>();
        private final Set<Copy> settled = new HashSet<>();
        private final Set<String> atMostOnce = new HashSet<>();
        private final Map<Long, List<Long>> together = new HashMap<>();
        private final Lifetimes lifetimes = new Lifetimes();

        @Override
        public void observe(BrokerEvent event) {
            lifetimes.observe(event);
            switch (event) {
                case Published published
                when published.persistent() -> queuesOf.put(published.message(), published.queues());
                case Confirmed(long message) ->
                    queuesOf.getOrDefault(message, List.of()).forEach(queue -> owe(queue, message));
                case Delivered delivered
                when queuesOf.containsKey(delivered.message()) -> {
                    settled.remove(new Copy(delivered.queue(), delivered.message()));
                    owe(delivered.queue(), delivered.message());
                    if (!isGrave(delivered.queue())) {
                        together.getOrDefault(delivered.message(), List.of())
                                .forEach(each -> owe(delivered.queue(), each));
                    }
                }
                case Together(List<Long> messages) -> messages.forEach(each -> together.put(each, messages));
                case Settled(String queue, long message) -> {
                    settled.add(new Copy(queue, message));
                    owed.getOrDefault(queue, new TreeSet<>()).remove(message);
                }
                case AtMostOnce(String queue) -> atMostOnce.add(queue);
                case Drained(String queue, long _, List<Taken> taken)
                when !atMostOnce.contains(queue) && mayNotLose(queue) -> {
                    var missing = new TreeSet<>(owed.getOrDefault(queue, new TreeSet<>()));
                    taken.forEach(each -> missing.remove(each.message()));
                    missing.removeIf(message -> lifetimes.mayBeOver(queue, message));
                    check(missing.isEmpty(), this, queue + " lacks " + missing);
                }
                default -> {
                    // does not concern what is owed
                }
            }
        }

        private static boolean mayNotLose(String queue) {
            QueueKind kind = QueueKind.of(queue);
            return !kind.dropsHead() && !kind.limitsReturns();
        }

        private void owe(String queue, long message) {
            // A consumer may be done with it before the publisher hears that it is there.
            if (!settled.contains(new Copy(queue, message))) {
                owed.computeIfAbsent(queue, _ -> new TreeSet<>()).add(message);
            }
        }
    }

    static final class OnlyWhatWasPublishedIsDelivered implements Invariant<BrokerEvent> {
        private final Set<Copy> published = new HashSet<>();

        @Override
        public void observe(BrokerEvent event) {
            switch (event) {
                case Published(int _, long message, boolean _, int _, long _, List<String> queues) ->
                    queues.forEach(queue -> published.add(new Copy(queue, message)));
                case MayHaveReached(String queue, long message) -> published.add(new Copy(queue, message));
                case Delivered delivered ->
                    check(published.contains(new Copy(delivered.queue(), delivered.message())), this, event);
                default -> {
                    // does not concern what there is
                }
            }
        }
    }

    /// One publisher, one queue, one consumer, one priority or key: first deliveries come as published,
    /// unless the queue gives out the newest first. Whoever takes a queue empty finds everything in the
    /// queue's order, the highest priority first, and even what came back in its old place.
    static final class TheQueuesOrderIsKept implements Invariant<BrokerEvent> {
        private final Map<Long, Integer> priorities = new HashMap<>();
        private final Map<List<Integer>, Long> last = new HashMap<>();

        @Override
        public void observe(BrokerEvent event) {
            switch (event) {
                case Published published -> priorities.put(published.message(), published.priority());
                case Delivered(String queue, int consumer, int publisher, long message, boolean redelivered)
                when !redelivered && !isGrave(queue) && !QueueKind.of(queue).isLifo() -> {
                    Long before = last.put(List.of(consumer, publisher, lane(queue, message)), message);
                    check(before == null || before < message, this, event + " after " + before);
                }
                case Drained(String queue, long _, List<Taken> taken)
                when !isGrave(queue) -> check(isInOrder(queue, taken), this, event);
                default -> {
                    // does not concern the order
                }
            }
        }

        /// Of the message in that queue, which may know fewer.
        private int priority(String queue, long message) {
            return Math.min(QueueKind.of(queue).maxPriority(), priorities.getOrDefault(message, 0));
        }

        private int lane(String queue, long message) {
            return QueueKind.of(queue).isFair() ? QueueKind.keyOf(message) : priority(queue, message);
        }

        private boolean isInOrder(String queue, List<Taken> taken) {
            Map<List<Integer>, Long> lastOf = new HashMap<>();
            int lowest = Integer.MAX_VALUE;
            for (Taken each : taken) {
                int priority = priority(queue, each.message());
                Long before = lastOf.put(List.of(each.publisher(), lane(queue, each.message())), each.message());
                boolean follows = before == null
                        || (before < each.message()) != QueueKind.of(queue).isLifo();
                if (priority > lowest || !follows) {
                    return false;
                }
                lowest = priority;
            }
            return true;
        }
    }

    /// Exact where clients see a delivery when it is decided. A dead message has no time of its own any more.
    static final class NothingIsDeliveredAfterItsTime implements Invariant<BrokerEvent> {
        private final Lifetimes lifetimes = new Lifetimes();
        private boolean seenAtOnce;

        @Override
        public void observe(BrokerEvent event) {
            lifetimes.observe(event);
            switch (event) {
                case Restarted restarted -> seenAtOnce = restarted.seenAtOnce();
                case Delivered delivered
                when seenAtOnce && !isGrave(delivered.queue()) ->
                    check(!lifetimes.mustBeOver(delivered.queue(), delivered.message()), this, event);
                default -> {
                    // does not concern time
                }
            }
        }
    }

    static final class NoUnflaggedDuplicate implements Invariant<BrokerEvent> {
        private final Set<Copy> shown = new HashSet<>();

        @Override
        public void observe(BrokerEvent event) {
            if (event instanceof Delivered delivered
                    && !isGrave(delivered.queue())
                    && !QueueKind.of(delivered.queue()).isStream()) {
                boolean first = shown.add(new Copy(delivered.queue(), delivered.message()));
                check(first || delivered.redelivered(), this, event);
            }
        }
    }

    /// Only a crash may bring back what was settled.
    static final class WhatIsSettledStaysSettled implements Invariant<BrokerEvent> {
        private final Set<Copy> settled = new HashSet<>();

        @Override
        public void observe(BrokerEvent event) {
            switch (event) {
                case Settled(String queue, long message) -> settled.add(new Copy(queue, message));
                case Delivered delivered
                when !isGrave(delivered.queue()) ->
                    check(!settled.contains(new Copy(delivered.queue(), delivered.message())), this, event);
                case Restarted restarted when !restarted.cleanly() -> settled.clear();
                default -> {
                    // does not concern what is settled
                }
            }
        }
    }

    /// What the broker says is ready is what can be taken; but transient messages of before a restart, which are gone,
    /// may be counted until the queue's cursor has passed them, and those whose time is over until they are next.
    static final class CountsAddUp implements Invariant<BrokerEvent> {
        private final Set<Long> transientMessages = new HashSet<>();
        private final Map<String, List<Long>> reached = new HashMap<>();
        private final Lifetimes lifetimes = new Lifetimes();

        @Override
        public void observe(BrokerEvent event) {
            lifetimes.observe(event);
            switch (event) {
                case Published published -> {
                    if (!published.persistent()) {
                        transientMessages.add(published.message());
                    }
                    published.queues().forEach(queue -> reached(queue, published.message()));
                }
                case MayHaveReached(String queue, long message) -> reached(queue, message);
                case Drained(String queue, long ready, List<Taken> taken) -> {
                    long most = taken.size() + uncertain(queue);
                    check(ready >= taken.size() && ready <= most, this, event);
                }
                default -> {
                    // does not concern counts
                }
            }
        }

        private void reached(String queue, long message) {
            reached.computeIfAbsent(queue, _ -> new ArrayList<>()).add(message);
        }

        private long uncertain(String queue) {
            return reached.getOrDefault(queue, List.of()).stream()
                    .filter(message -> transientMessages.contains(message) || lifetimes.mayBeOver(queue, message))
                    .count();
        }
    }

    static final class QueuesSurviveAndDeletedOnesDoNot implements Invariant<BrokerEvent> {
        private final Set<String> declared = new HashSet<>();
        private final Set<String> deleted = new HashSet<>();

        @Override
        public void observe(BrokerEvent event) {
            switch (event) {
                case Declared(String queue) -> declared.add(queue);
                case DeleteAsked(String queue) -> declared.remove(queue);
                case Deleted(String queue) -> deleted.add(queue);
                case LookedFor(String queue, boolean found) -> {
                    check(found || !declared.contains(queue), this, event);
                    check(!found || !deleted.contains(queue), this, event);
                }
                default -> {
                    // does not concern queues
                }
            }
        }
    }

    static final class BindingsSurvive implements Invariant<BrokerEvent> {
        @Override
        public void observe(BrokerEvent event) {
            if (event instanceof FannedOut(int queues, int least, int most)) {
                check(queues >= least && queues <= most, this, event);
            }
        }
    }

    static final class EverythingIsAnswered implements Invariant<BrokerEvent> {
        @Override
        public void observe(BrokerEvent event) {
            if (event instanceof Unanswered(int publishes, int commands)) {
                check(publishes == 0 && commands == 0, this, event);
            }
        }
    }

    /// A persistent message that was refused comes to the grave, or back to its queue; never does it vanish.
    static final class DeadLettersArrive implements Invariant<BrokerEvent> {
        private final Set<Long> persistent = new HashSet<>();
        private final Set<Copy> dying = new HashSet<>();
        private final Set<Long> buried = new HashSet<>();
        private final Set<String> deleted = new HashSet<>();

        @Override
        public void observe(BrokerEvent event) {
            switch (event) {
                case Published published when published.persistent() -> persistent.add(published.message());
                case Refused(String queue, long message)
                when persistent.contains(message) && !deleted.contains(queue) -> dying.add(new Copy(queue, message));
                case Delivered delivered when isGrave(delivered.queue()) -> buried.add(delivered.message());
                case Delivered delivered -> dying.remove(new Copy(delivered.queue(), delivered.message()));
                // What was on its way went with the queue.
                case DeleteAsked(String queue) -> {
                    deleted.add(queue);
                    dying.removeIf(each -> each.queue().equals(queue));
                }
                case Unanswered _ -> {
                    var missing = dying.stream()
                            .filter(each -> !buried.contains(each.message()))
                            .toList();
                    check(missing.isEmpty(), this, missing);
                }
                default -> {
                    // does not concern dead letters
                }
            }
        }
    }

    /// A confirmed message that is no more in its queue, and that nobody settled, has died: of its age, as
    /// there were too many, or as it came back too often. Where the dead go to the grave it is found there.
    static final class TheDeadArrive implements Invariant<BrokerEvent> {
        private final Map<Long, List<String>> queuesOf = new HashMap<>();
        private final Set<Copy> owed = new HashSet<>();
        private final Set<Copy> settled = new HashSet<>();
        private final Set<String> deleted = new HashSet<>();
        private final Set<Long> buried = new HashSet<>();
        private boolean hasGrave;

        @Override
        public void observe(BrokerEvent event) {
            switch (event) {
                case Declared(String queue) -> hasGrave |= isGrave(queue);
                case Published published
                when hasGrave && published.persistent() -> queuesOf.put(published.message(), published.queues());
                case Confirmed(long message) ->
                    queuesOf.getOrDefault(message, List.of()).stream()
                            .filter(queue -> QueueKind.of(queue).givesAway())
                            .filter(queue -> !deleted.contains(queue))
                            .map(queue -> new Copy(queue, message))
                            .filter(copy -> !settled.contains(copy))
                            .forEach(owed::add);
                case Delivered delivered when isGrave(delivered.queue()) -> buried.add(delivered.message());
                case Settled(String queue, long message) -> {
                    settled.add(new Copy(queue, message));
                    owed.remove(new Copy(queue, message));
                }
                case DeleteAsked(String queue) -> {
                    deleted.add(queue);
                    owed.removeIf(each -> each.queue().equals(queue));
                }
                case Drained(String queue, long _, List<Taken> taken) ->
                    taken.forEach(each -> owed.remove(new Copy(queue, each.message())));
                case Unanswered _ -> {
                    owed.removeIf(each -> buried.contains(each.message()));
                    check(owed.isEmpty(), this, owed);
                }
                default -> {
                    // does not concern the dead
                }
            }
        }
    }

    static final class NoQueueIsTooLong implements Invariant<BrokerEvent> {
        @Override
        public void observe(BrokerEvent event) {
            if (event instanceof Drained(String queue, long ready, List<Taken> _)
                    && QueueKind.of(queue).dropsHead()) {
                check(ready <= QueueKind.MOST_READY, this, event);
            }
        }
    }

    /// What was counted shortly before a crash may be forgotten.
    static final class NothingComesBackTooOften implements Invariant<BrokerEvent> {
        private final Map<Copy, Integer> deliveries = new HashMap<>();

        @Override
        public void observe(BrokerEvent event) {
            switch (event) {
                case Delivered delivered
                when QueueKind.of(delivered.queue()).limitsReturns() -> {
                    int count = deliveries.merge(new Copy(delivered.queue(), delivered.message()), 1, Integer::sum);
                    check(count <= QueueKind.MOST_RETURNS + 1, this, event);
                }
                case Restarted restarted when !restarted.cleanly() -> deliveries.clear();
                default -> {
                    // does not concern returns
                }
            }
        }
    }

    /// Also over a stop in order.
    static final class WhatComesBackWaits implements Invariant<BrokerEvent> {
        private final Map<Copy, Long> dues = new HashMap<>();
        private long now;

        @Override
        public void observe(BrokerEvent event) {
            switch (event) {
                case TimePassed(long time) -> now = time;
                case GivenBack(String queue, long message)
                when QueueKind.of(queue).limitsReturns() ->
                    dues.put(new Copy(queue, message), now + QueueKind.RETRY_DELAY);
                case Delivered delivered -> {
                    Long due = dues.remove(new Copy(delivered.queue(), delivered.message()));
                    check(due == null || due <= now, this, event + " and not " + due);
                }
                case Restarted restarted when !restarted.cleanly() -> dues.clear();
                default -> {
                    // does not concern returns
                }
            }
        }
    }

    /// What the broker thinks a key has under way is at least what clients hold of it; what nobody settles is
    /// never under way, though clients may see it late.
    static final class NoKeyHasMoreThanItsShare implements Invariant<BrokerEvent> {
        private final Map<String, Set<Long>> held = new HashMap<>();

        @Override
        public void observe(BrokerEvent event) {
            switch (event) {
                case Delivered delivered
                when isLimited(QueueKind.of(delivered.queue())) -> {
                    Set<Long> ofKey = heldOf(delivered.queue(), delivered.message());
                    ofKey.add(delivered.message());
                    check(ofKey.size() <= QueueKind.MOST_OF_A_KEY, this, event + " beside " + ofKey);
                }
                case Settled(String queue, long message) ->
                    heldOf(queue, message).remove(message);
                case GivenBack(String queue, long message) ->
                    heldOf(queue, message).remove(message);
                case Restarted _ -> held.clear();
                default -> {
                    // does not concern what is held
                }
            }
        }

        private static boolean isLimited(QueueKind kind) {
            return kind.isFair() && !kind.mayLoseOnTheWay();
        }

        private Set<Long> heldOf(String queue, long message) {
            return held.computeIfAbsent(queue + " " + QueueKind.keyOf(message), _ -> new HashSet<>());
        }
    }
}
