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
    private static final GoesOn BY_ITSELF = _ -> {};

    private final Map<String, Wish> wishes = new LinkedHashMap<>();

    /// Sends what comes next by a plan.
    @FunctionalInterface
    interface GoesOn {
        void since(Instant asked);
    }

    /// @param plan empty where it was cancelled
    /// @param goesOn only of a plan that was asked for here: any other is on its way already
    private record Wish(String plan, Instant since, GoesOn goesOn) {}

    /// Somebody here wants this from now on.
    void want(String name, String plan, Instant now, GoesOn goesOn) {
        wishes.remove(name);
        wishes.put(name, new Wish(plan, now, goesOn));
        if (wishes.size() > MOST) {
            wishes.remove(wishes.keySet().iterator().next());
        }
    }

    void want(String name, String plan, Instant now) {
        want(name, plan, now, BY_ITSELF);
    }

    void wantNothing(String name, Instant now) {
        want(name, NOTHING, now);
    }

    /// Whether what comes of a plan that was asked for at this time is still wanted. If so, what was asked for before
    /// is not any more. If not, what is wanted goes on: where others want something else it may be that it was left
    /// behind too.
    ///
    /// @return when it was asked for last; empty when it is not wanted
    Optional<Instant> stillWant(String name, String plan, Instant since) {
        Wish ours = wishes.get(name);
        if (ours == null) {
            want(name, plan, since);
            return Optional.of(since);
        }
        boolean isSame = ours.plan().equals(plan);
        if (since.isAfter(ours.since())) {
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
