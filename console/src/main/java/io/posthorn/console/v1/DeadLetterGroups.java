package io.posthorn.console.v1;

import io.posthorn.broker.BrowsePage;
import io.posthorn.broker.BrowsedMessage;
import io.posthorn.broker.Death;
import io.posthorn.broker.MessageState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Counts the dead letters of some queues by what they have in common. Confined to the thread that asks.
final class DeadLetterGroups {
    private static final int PAGE = 256;

    static final Schema SCHEMA = Schema.object()
            .with("examined", Schema.integer().meaning("Messages that were looked at."))
            .with("complete", Schema.flag().meaning("Whether there are no more to look at."))
            .with(
                    "groups",
                    Schema.listOf(Schema.object()
                            .with("lies_in", Schema.text().meaning("The queue in which these wait."))
                            .with("queue", Schema.text().orNull().meaning("Where they died."))
                            .with("reason", Schema.text().orNull())
                            .with("exchange", Schema.text().orNull().meaning("Where they had been published."))
                            .with("routing_key", Schema.text().orNull())
                            .with("count", Schema.integer())
                            .with("oldest", Schema.time())
                            .with("newest", Schema.time())
                            .with("sample_id", Schema.integer())));

    private final Set<DeadLetterField> by;
    private final DeadLetterFilter filter;
    private final long most;
    private final Map<List<String>, Group> groups = new HashMap<>();
    private long examined;
    private boolean complete = true;

    /// Those that are alike.
    private static final class Group {
        final String liesIn;
        final Death like;
        final long sample;
        long count;
        long oldest = Long.MAX_VALUE;
        long newest;

        Group(String liesIn, Death like, long sample) {
            this.liesIn = liesIn;
            this.like = like;
            this.sample = sample;
        }
    }

    /// @param by what those of a group have in common
    /// @param most messages to look at
    DeadLetterGroups(Set<DeadLetterField> by, DeadLetterFilter filter, long most) {
        this.by = by;
        this.filter = filter;
        this.most = most;
    }

    void look(Work work, String queue) throws TimeoutException {
        long from = 0;
        while (from != BrowsePage.END) {
            if (examined >= most) {
                complete = false;
                return;
            }
            long here = from;
            int page = (int) Math.min(PAGE, most - examined);
            BrowsePage found =
                    work.ask((session, reply) -> session.browse(queue, MessageState.READY, here, page, reply));
            for (BrowsedMessage each : found.messages()) {
                add(each);
            }
            from = found.next();
        }
    }

    private void add(BrowsedMessage browsed) {
        examined++;
        Death death = filter.deathOf(browsed);
        if (death == null) {
            return;
        }
        String liesIn = browsed.queue().name();
        var key = new ArrayList<String>();
        key.add(liesIn);
        by.forEach(field -> key.add(field.of(death)));
        Group group = groups.computeIfAbsent(key, _ -> new Group(liesIn, death, browsed.id()));
        group.count++;
        group.oldest = Math.min(group.oldest, death.firstTime());
        group.newest = Math.max(group.newest, death.firstTime());
    }

    /// The largest first.
    Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("examined", examined);
        json.put("complete", complete);
        json.put(
                "groups",
                groups.values().stream()
                        .sorted(Comparator.comparingLong((Group group) -> -group.count)
                                .thenComparing(group -> group.liesIn)
                                .thenComparingLong(group -> group.sample))
                        .map(this::json)
                        .toList());
        return json;
    }

    private Map<String, @Nullable Object> json(Group group) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("lies_in", group.liesIn);
        for (DeadLetterField field : DeadLetterField.values()) {
            json.put(field.label(), by.contains(field) ? field.of(group.like) : null);
        }
        json.put("count", group.count);
        json.put("oldest", MessageJson.time(group.oldest));
        json.put("newest", MessageJson.time(group.newest));
        json.put("sample_id", group.sample);
        return json;
    }
}
