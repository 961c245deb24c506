package io.posthorn.events.runtime;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What was last wanted of each schedule, as far as this program has heard: where two programs want different things,
/// whoever asked last has it. Confined to whoever holds the lock of the schedules.
final class Wishes {
    /// What is forgotten then is only followed where nobody wants anything else.
    private static final int MOST = 10_000;

    private static final String NOTHING = "";
    static final GoesOn BY_ITSELF = _ -> {};

    private final Map<String, Wish> wishes = new LinkedHashMap<>();

    /// Sends what comes next by a plan.
    @FunctionalInterface
    interface GoesOn {
        void since(Instant asked);
    }

    /// @param plan a [Plan#wish]; empty where it was cancelled
    /// @param goesOn only of a plan that was asked for here: any other is on its way already
    private record Wish(String plan, Instant since, GoesOn goesOn) {
        /// Where two programs ask in the same moment, all hold the same one for the later.
        boolean isBefore(String otherPlan, Instant otherSince) {
            boolean isSameMoment = otherSince.equals(since) && !plan.equals(NOTHING);
            return otherSince.isAfter(since) || (isSameMoment && otherPlan.compareTo(plan) > 0);
        }
    }

    /// Somebody here wants this from now on.
    void want(String name, String plan, Instant now, GoesOn goesOn) {
        wishes.remove(name);
        wishes.put(name, new Wish(plan, now, goesOn));
        if (wishes.size() > MOST) {
            wishes.remove(wishes.keySet().iterator().next());
        }
    }

    void wantNothing(String name, Instant now) {
        want(name, NOTHING, now, BY_ITSELF);
    }

    /// Whether another plan counts until now, as far as is known here.
    boolean wantOther(String name, String plan) {
        Wish ours = wishes.get(name);
        return ours != null && !ours.plan().equals(NOTHING) && !ours.plan().equals(plan);
    }

    /// Whether it was cancelled here after what came was asked for.
    boolean isCancelled(String name, Instant since) {
        Wish ours = wishes.get(name);
        return ours != null && ours.plan().equals(NOTHING) && !since.isAfter(ours.since());
    }

    /// Whether what comes of a plan that was asked for at this time is still wanted. If so, what was asked for before
    /// is not any more. If not, what is wanted goes on: where others want something else it may be that it was left
    /// behind too.
    ///
    /// @return when it was asked for last; empty when it is not wanted
    Optional<Instant> stillWant(String name, String plan, Instant since) {
        Wish ours = wishes.get(name);
        if (ours == null) {
            want(name, plan, since, BY_ITSELF);
            return Optional.of(since);
        }
        boolean isSame = ours.plan().equals(plan);
        if (ours.isBefore(plan, since)) {
            want(name, plan, since, isSame ? ours.goesOn() : BY_ITSELF);
            return Optional.of(since);
        }
        if (isSame) {
            return Optional.of(ours.since());
        }
        ours.goesOn().since(ours.since());
        return Optional.empty();
    }
}
