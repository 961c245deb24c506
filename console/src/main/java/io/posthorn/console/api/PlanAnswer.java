package io.posthorn.console.api;

import io.posthorn.console.definitions.DefinitionsPlan;
import io.posthorn.console.definitions.DefinitionsPlan.Difference;
import io.posthorn.console.definitions.DefinitionsPlan.Step;
import io.posthorn.console.definitions.DefinitionsPlan.Verdict;
import io.posthorn.console.http.Answer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A dry run, as JSON: numbers first, then each step, then what the file says in vain.
final class PlanAnswer {
    private PlanAnswer() {}

    static Answer of(DefinitionsPlan plan) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        members.put("created", count(plan, Verdict.Created.class));
        members.put("changed", count(plan, Verdict.Changed.class));
        members.put("unchanged", count(plan, Verdict.Unchanged.class));
        members.put("refused", count(plan, Verdict.Refused.class));
        members.put("steps", plan.steps().stream().map(PlanAnswer::step).toList());
        members.put("notes", plan.notes());
        return Answer.json(members);
    }

    private static long count(DefinitionsPlan plan, Class<? extends Verdict> verdict) {
        return plan.steps().stream()
                .filter(step -> verdict.isInstance(step.verdict()))
                .count();
    }

    private static Map<String, @Nullable Object> step(Step step) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        members.put("what", step.subject());
        members.put("place", step.place());
        switch (step.verdict()) {
            case Verdict.Created _ -> members.put("verdict", "created");
            case Verdict.Unchanged _ -> members.put("verdict", "unchanged");
            case Verdict.Changed(List<Difference> fields) -> {
                members.put("verdict", "changed");
                members.put(
                        "fields", fields.stream().map(PlanAnswer::difference).toList());
            }
            case Verdict.Refused(String reason) -> {
                members.put("verdict", "refused");
                members.put("reason", reason);
            }
        }
        return members;
    }

    private static Map<String, @Nullable Object> difference(Difference difference) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        members.put("field", difference.field());
        members.put("before", difference.before());
        members.put("after", difference.after());
        return members;
    }
}
