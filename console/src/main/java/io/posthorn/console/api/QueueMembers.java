package io.posthorn.console.api;

import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.console.http.Fields;
import io.posthorn.console.rates.MessageRates;
import io.posthorn.console.rates.Trend;
import io.posthorn.console.rates.Window;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// A queue as RabbitMQ's tools read it.
///
/// @param lengths which part of the past of the lengths is wanted; null for none
/// @param rates the same of what is published and delivered
record QueueMembers(
        String node,
        long now,
        AppliedPolicies policies,
        @Nullable Window lengths,
        @Nullable Window rates) {
    private static final Fields.Missing MISSING = Fields.Missing.MISSING;

    /// A queue that nothing has happened to for so long counts as idle.
    private static final long IDLE_MILLIS = 60_000;

    /// What a queue takes that holds nothing, in bytes; each message that is out adds to it.
    private static final long EMPTY_BYTES = 2_000;

    private static final long BYTES_OF_A_DELIVERY = 32;

    /// @param ask finds out what rows hold and do
    Fields<QueueRow> fields(Consumer<List<QueueRow>> ask) {
        var fields = new Fields<QueueRow>().prepare(ask);
        declared(fields);
        lengths(fields);
        state(fields);
        consumers(fields);
        return fields.asked("message_stats", this::messageStats);
    }

    private void declared(Fields<QueueRow> fields) {
        fields.with("name", row -> row.queue().name())
                .with("vhost", row -> row.queue().virtualHost())
                .with("type", row -> row.queue().spec().type())
                .with("durable", row -> row.queue().spec().durable())
                .with("auto_delete", row -> row.queue().spec().autoDelete())
                .with("exclusive", row -> row.queue().spec().exclusive())
                .with("arguments", row -> ArgumentMembers.of(row.queue().spec().arguments()))
                .with("node", _ -> node)
                .with("policy", row -> policies.ofQueue(row.queue()).policyName())
                .with("operator_policy", row -> policies.ofQueue(row.queue()).operatorPolicyName())
                .with(
                        "effective_policy_definition",
                        row -> ArgumentMembers.of(policies.ofQueue(row.queue()).definition()));
    }

    private void lengths(Fields<QueueRow> fields) {
        length(fields, "messages", each -> each.ready() + each.unsettled());
        length(fields, "messages_ready", QueueStatistics::ready);
        length(fields, "messages_unacknowledged", QueueStatistics::unsettled);
        fields.asked("message_bytes", row -> bytes(row, each -> each.ready() + each.unsettled()))
                .asked("message_bytes_ready", row -> bytes(row, QueueStatistics::ready))
                .asked("message_bytes_unacknowledged", row -> bytes(row, QueueStatistics::unsettled))
                .asked("head_message_timestamp", row -> headTime(row.statistics()));
    }

    private void length(Fields<QueueRow> fields, String name, ToLongFunction<QueueStatistics> value) {
        fields.asked(name, row -> value.applyAsLong(row.statistics()));
        fields.asked(name + "_details", row -> details(row.trend(), name));
    }

    private Object details(@Nullable Trend trend, String name) {
        return trend == null ? MISSING : trend.details(name, lengths);
    }

    private static Object orMissing(@Nullable Object value) {
        return value == null ? MISSING : value;
    }

    // Of each message only the size on average is known: exact sums would cost every message that comes and goes.
    private static long bytes(QueueRow row, ToLongFunction<QueueStatistics> messages) {
        return row.statistics().messageBytes() * messages.applyAsLong(row.statistics());
    }

    private static @Nullable Long headTime(QueueStatistics queue) {
        return queue.headTime() == 0 ? null : (Long) (queue.headTime() / 1_000);
    }

    private void state(Fields<QueueRow> fields) {
        fields.asked("state", row -> state(row.statistics()))
                .asked("idle_since", row -> idleSince(row.statistics()))
                .asked("memory", row -> EMPTY_BYTES + row.statistics().unsettled() * BYTES_OF_A_DELIVERY)
                .asked("duplicates", row -> row.statistics().duplicates())
                .asked("paused_because", row -> orMissing(row.statistics().pausedBecause()));
    }

    private String state(QueueStatistics queue) {
        if (!queue.isSound()) {
            return "crashed";
        }
        return isIdle(queue) ? "idle" : "running";
    }

    private boolean isIdle(QueueStatistics queue) {
        return now - queue.usedAt() > IDLE_MILLIS;
    }

    private Object idleSince(QueueStatistics queue) {
        return isIdle(queue) && queue.usedAt() != 0 ? Moments.text(queue.usedAt()) : MISSING;
    }

    private void consumers(Fields<QueueRow> fields) {
        fields.asked("consumers", row -> row.statistics().consumers())
                .asked("consumer_capacity", row -> capacity(row))
                .asked("consumer_utilisation", row -> capacity(row))
                .asked("single_active_consumer_tag", row -> row.statistics().activeConsumer())
                .with("exclusive_consumer_tag", _ -> null);
    }

    /// The part of the time in which a message that comes would have been delivered at once.
    private static double capacity(QueueRow row) {
        QueueStatistics queue = row.statistics();
        if (queue.consumers() == 0) {
            return 0;
        }
        Trend trend = row.trend();
        if (trend != null) {
            // `waited` grows by 1,000 in a second in which messages wait all the time.
            return Math.clamp(1 - trend.rate("waited") / 1_000, 0, 1);
        }
        return queue.canTake() ? 1 : 0;
    }

    private Object messageStats(QueueRow row) {
        var counts = row.statistics().counts();
        Trend trend = row.trend();
        boolean isUntouched = MessageRates.OF_QUEUES.stream().allMatch(each -> each.of(counts) == 0);
        if (trend == null || isUntouched) {
            return MISSING;
        }
        Map<String, Object> members = new LinkedHashMap<>();
        members.putAll(RateMembers.messages(counts, MessageRates.OF_QUEUES, trend, rates));
        return members;
    }
}
