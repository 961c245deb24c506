package io.posthorn.broker.topology;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Rehearsed;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// Plays what an operator wants on a topology of its own, which nobody ever sees.
public final class Rehearsal {
    // Names that are generated here go nowhere.
    private final Decisions decisions = new Decisions(new Declarations(new SplittableRandom(0)));
    private final Consumer<AdminChange> access;
    private Topology topology;

    private Rehearsal(Topology topology, Consumer<AdminChange> access) {
        this.topology = topology;
        this.access = access;
    }

    /// Each change meets what those before it have made; one that is refused has made nothing.
    ///
    /// @param access throws when a change may not be made at all
    public static List<Rehearsed> play(Topology topology, Consumer<AdminChange> access, List<AdminChange> changes) {
        var rehearsal = new Rehearsal(topology, access);
        return changes.stream().map(rehearsal::play).toList();
    }

    private Rehearsed play(AdminChange change) {
        var after = new Cascade(topology);
        try {
            access.accept(change);
            decisions.apply(after, change);
        } catch (BrokerException refused) {
            return new Rehearsed.Refused(refused);
        }
        if (after.topology() == topology) {
            return new Rehearsed.Nothing();
        }
        topology = after.topology();
        return new Rehearsed.Made();
    }
}
