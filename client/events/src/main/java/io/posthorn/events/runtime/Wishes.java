package io.posthorn.events.runtime;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// What was last wanted of each schedule, as far as this program has heard: where two programs want different things,
/// whoever asked last has it. Confined to whoever holds the lock of the schedules.
final class Wishes {
    /// What is forgotten then is only followed where nobody wants anything else.
    private static final int MOST = 10_000;

    private static final String NOTHING = "";

    private final Map<String, Wish> wishes = new LinkedHashMap<>();

    /// @param plan empty where it was cancelled
    private record Wish(String plan, Instant since) {}

    /// Somebody here wants this from now on.
    void want(String name, String plan, Instant now) {
        wishes.remove(name);
        wishes.put(name, new Wish(plan, now));
        if (wishes.size() > MOST) {
            wishes.remove(wishes.keySet().iterator().next());
        }
    }

    void wantNothing(String name, Instant now) {
        want(name, NOTHING, now);
    }

    /// Whether what comes of a plan that was asked for at this time is still wanted. If so, what was asked for before
    /// is
    /// not any more.
    boolean stillWant(String name, String plan, Instant since) {
        Wish ours = wishes.get(name);
        if (ours == null || since.isAfter(ours.since())) {
            want(name, plan, since);
            return true;
        }
        return ours.plan().equals(plan);
    }
}
