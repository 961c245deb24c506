package io.posthorn.console.definitions;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.Administration;
import io.posthorn.broker.admin.Rehearsed;
import io.posthorn.broker.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What importing a file would change, found out without changing anything.
///
/// @param steps in the order of the import
/// @param notes what the file says in vain
public record DefinitionsPlan(List<Step> steps, List<String> notes) {
    public DefinitionsPlan {
        steps = List.copyOf(steps);
        notes = List.copyOf(notes);
    }

    /// @param place in the file
    /// @param subject `queue 'q' in vhost '/'`
    public record Step(String place, String subject, Verdict verdict) {}

    public sealed interface Verdict {
        record Created() implements Verdict {}

        record Changed(List<Difference> fields) implements Verdict {}

        record Unchanged() implements Verdict {}

        record Refused(String reason) implements Verdict {}
    }

    /// @param before as JSON has it; null also for what was not there
    public record Difference(
            String field, @Nullable Object before, @Nullable Object after) {}

    public static DefinitionsPlan of(Definitions definitions, Administration broker, Actor by) {
        var topology = broker.current();
        var rehearsed = broker.rehearse(by, definitions.changes());
        var steps = new ArrayList<Step>();
        for (int i = 0; i < rehearsed.size(); i++) {
            var stated = definitions.stated().get(i);
            var subject = Subject.of(stated.change());
            steps.add(new Step(stated.place(), subject.name(), verdict(rehearsed.get(i), subject, topology)));
        }
        return new DefinitionsPlan(steps, definitions.notes());
    }

    private static Verdict verdict(Rehearsed rehearsed, Subject subject, Topology topology) {
        return switch (rehearsed) {
            case Rehearsed.Refused(BrokerException cause) -> new Verdict.Refused(String.valueOf(cause.getMessage()));
            case Rehearsed.Nothing _ -> new Verdict.Unchanged();
            case Rehearsed.Made _ -> {
                var before = subject.in(topology);
                yield before == null ? new Verdict.Created() : new Verdict.Changed(subject.differences(before));
            }
        };
    }

    /// The first thing in the way of the import, with its place in the file.
    public Optional<String> refusal() {
        for (Step step : steps) {
            if (step.verdict() instanceof Verdict.Refused(String reason)) {
                return Optional.of(step.place() + ": " + reason);
            }
        }
        return Optional.empty();
    }
}
