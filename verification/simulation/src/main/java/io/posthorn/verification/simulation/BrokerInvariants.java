package io.posthorn.verification.simulation;

import io.posthorn.verification.simulation.BrokerEvent.AtMostOnce;
import io.posthorn.verification.simulation.BrokerEvent.Confirmed;
import io.posthorn.verification.simulation.BrokerEvent.Declared;
import io.posthorn.verification.simulation.BrokerEvent.DeleteAsked;
import io.posthorn.verification.simulation.BrokerEvent.Deleted;
import io.posthorn.verification.simulation.BrokerEvent.Delivered;
import io.posthorn.verification.simulation.BrokerEvent.Drained;
import io.posthorn.verification.simulation.BrokerEvent.FannedOut;
import io.posthorn.verification.simulation.BrokerEvent.LookedFor;
import io.posthorn.verification.simulation.BrokerEvent.MayHaveReached;
import io.posthorn.verification.simulation.BrokerEvent.Published;
import io.posthorn.verification.simulation.BrokerEvent.Refused;
import io.posthorn.verification.simulation.BrokerEvent.Restarted;
import io.posthorn.verification.simulation.BrokerEvent.Settled;
import io.posthorn.verification.simulation.BrokerEvent.Taken;
import io.posthorn.verification.simulation.BrokerEvent.Unanswered;
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
                new ThePublishersOrderIsKept(),
                new NoUnflaggedDuplicate(),
                new WhatIsSettledStaysSettled(),
                new CountsAddUp(),
                new QueuesSurviveAndDeletedOnesDoNot(),
                new BindingsSurvive(),
                new EverythingIsAnswered(),
                new DeadLettersArrive());
    }

    /// Where dead letters of several queues meet, and may come twice after a crash.
    private static boolean isGrave(String queue) {
        return queue.equals(BrokerWorkload.GRAVE);
    }

    private static void check(boolean holds, Invariant<BrokerEvent> invariant, Object what) {
        if (!holds) {
            throw new InvariantBroken(invariant.getClass().getSimpleName() + ": " + what);
        }
    }

    /// A message in one queue.
    private record Copy(String queue, long message) {}

    /// A persistent message that was confirmed, or shown to a consumer, is there until it is settled.
    static final class WhatWasConfirmedOrShownSurvives implements Invariant<BrokerEvent> {
        private final Map<Long, List<String>> queuesOf = new HashMap<>();
        private final Map<String, TreeSet<Long>> owed = new HashMap<>();
        private final Set<Copy> settled = new HashSet<>();
        private final Set<String> atMostOnce = new HashSet<>();

        @Override
        public void observe(BrokerEvent event) {
            switch (event) {
                case Published published
                when published.persistent() -> queuesOf.put(published.message(), published.queues());
                case Confirmed(long message) ->
                    queuesOf.getOrDefault(message, List.of()).forEach(queue -> owe(queue, message));
                case Delivered delivered
                when queuesOf.containsKey(delivered.message()) -> {
                    settled.remove(new Copy(delivered.queue(), delivered.message()));
                    owe(delivered.queue(), delivered.message());
                }
                case Settled(String queue, long message) -> {
                    settled.add(new Copy(queue, message));
                    owed.getOrDefault(queue, new TreeSet<>()).remove(message);
                }
                case AtMostOnce(String queue) -> atMostOnce.add(queue);
                case Drained(String queue, long _, List<Taken> taken)
                when !atMostOnce.contains(queue) -> {
                    var missing = new TreeSet<>(owed.getOrDefault(queue, new TreeSet<>()));
                    taken.forEach(each -> missing.remove(each.message()));
                    check(missing.isEmpty(), this, queue + " lacks " + missing);
                }
                default -> {
                    // does not concern what is owed
                }
            }
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
                case Published(int _, long message, boolean _, List<String> queues) ->
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

    /// One publisher, one queue, one consumer: first deliveries come as published; and whoever takes a queue empty
    /// finds even what came back in its old place.
    static final class ThePublishersOrderIsKept implements Invariant<BrokerEvent> {
        private final Map<List<Integer>, Long> last = new HashMap<>();

        @Override
        public void observe(BrokerEvent event) {
            if (event instanceof Delivered(String queue, int consumer, int publisher, long message, boolean redelivered)
                    && !redelivered
                    && !isGrave(queue)) {
                Long before = last.put(List.of(consumer, publisher), message);
                check(before == null || before < message, this, event + " after " + before);
            }
            if (event instanceof Drained(String queue, long _, List<Taken> taken) && !isGrave(queue)) {
                Map<Integer, Long> lastOf = new HashMap<>();
                for (Taken each : taken) {
                    Long before = lastOf.put(each.publisher(), each.message());
                    check(before == null || before < each.message(), this, event);
                }
            }
        }
    }

    static final class NoUnflaggedDuplicate implements Invariant<BrokerEvent> {
        private final Set<Copy> shown = new HashSet<>();

        @Override
        public void observe(BrokerEvent event) {
            if (event instanceof Delivered delivered && !isGrave(delivered.queue())) {
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
                case Restarted(boolean cleanly) when !cleanly -> settled.clear();
                default -> {
                    // does not concern what is settled
                }
            }
        }
    }

    /// What the broker says is ready is what can be taken; but transient messages of before a restart, which are gone,
    /// may be counted until the queue's cursor has passed them.
    static final class CountsAddUp implements Invariant<BrokerEvent> {
        private final Set<Long> transientMessages = new HashSet<>();
        private final Map<String, Integer> transientIn = new HashMap<>();

        @Override
        public void observe(BrokerEvent event) {
            switch (event) {
                case Published published
                when !published.persistent() -> {
                    transientMessages.add(published.message());
                    published.queues().forEach(queue -> transientIn.merge(queue, 1, Integer::sum));
                }
                case MayHaveReached(String queue, long message)
                when transientMessages.contains(message) -> transientIn.merge(queue, 1, Integer::sum);
                case Drained(String queue, long ready, List<Taken> taken) -> {
                    long most = (long) taken.size() + transientIn.getOrDefault(queue, 0);
                    check(ready >= taken.size() && ready <= most, this, event);
                }
                default -> {
                    // does not concern counts
                }
            }
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
}
