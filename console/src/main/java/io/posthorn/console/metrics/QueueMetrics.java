package io.posthorn.console.metrics;

import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.console.metrics.MetricsWriter.Labelled;
import java.util.List;

/// The metrics of queues, each by itself.
///
/// @param prefix `rabbitmq_`, or `rabbitmq_detailed_` where RabbitMQ has it
record QueueMetrics(MetricsWriter out, String prefix, List<Labelled<QueueStatistics>> queues, long now) {
    private static final double MILLIS = 1_000;

    static QueueMetrics of(MetricsWriter out, String prefix, List<QueueStatistics> queues, long now) {
        List<Labelled<QueueStatistics>> labelled =
                queues.stream().map(each -> new Labelled<>(labels(each), each)).toList();
        return new QueueMetrics(out, prefix, labelled, now);
    }

    private static Labels labels(QueueStatistics queue) {
        return Labels.of("vhost", queue.queue().virtualHost())
                .and("queue", queue.queue().name());
    }

    /// How long they are.
    void lengths() {
        out.gauge(prefix + "queue_messages_ready", "Messages ready to be delivered to consumers")
                .each(queues, QueueStatistics::ready);
        out.gauge(prefix + "queue_messages_unacked", "Messages delivered to consumers but not yet acknowledged")
                .each(queues, QueueStatistics::unsettled);
        out.gauge(prefix + "queue_messages", "Sum of ready and unacknowledged messages - total queue depth")
                .each(queues, queue -> queue.ready() + queue.unsettled());
    }

    void consumers() {
        out.gauge(prefix + "queue_consumers", "Consumers on a queue").each(queues, QueueStatistics::consumers);
    }

    /// What has happened to their messages.
    void messages() {
        out.counter(prefix + "queue_messages_published_total", "Total number of messages published to queues")
                .each(queues, queue -> queue.counts().of(Counted.PUBLISH));
    }

    /// As RabbitMQ 4 names them.
    void deliveries() {
        counted(
                "queue_messages_delivered_ack_total",
                "delivered to consumers in manual acknowledgement mode",
                Counted.DELIVER);
        counted(
                "queue_messages_delivered_total",
                "delivered to consumers in automatic acknowledgement mode",
                Counted.DELIVER_NO_ACK);
        counted("queue_get_ack_total", "fetched with basic.get in manual acknowledgement mode", Counted.GET);
        counted("queue_get_total", "fetched with basic.get in automatic acknowledgement mode", Counted.GET_NO_ACK);
        counted("queue_messages_redelivered_total", "redelivered to consumers", Counted.REDELIVER);
        counted("queue_messages_acked_total", "acknowledged by consumers", Counted.ACK);
        out.counter(prefix + "queue_get_empty_total", "Total number of times basic.get fetched no message")
                .each(queues, queue -> queue.counts().of(Counted.GET_EMPTY));
    }

    private void counted(String name, String what, Counted counted) {
        out.counter(prefix + name, "Total number of messages " + what)
                .each(queues, queue -> queue.counts().of(counted));
    }

    /// What RabbitMQ does not tell.
    void ours() {
        out.counter("posthorn_queue_messages_given_up_total", "Messages that died in a queue, dead-lettered or not")
                .each(queues, QueueMetrics::givenUp);
        out.counter("posthorn_queue_duplicates_total", "Messages kept out, because they had come before")
                .each(queues, QueueStatistics::duplicates);
        out.gauge("posthorn_queue_paused", "Whether a queue delivers nothing until somebody resumes it")
                .each(queues, queue -> queue.pausedBecause() == null ? 0 : 1);
        out.gauge("posthorn_queue_in_order", "0 for a queue that is out of order until a restart")
                .each(queues, queue -> queue.isSound() ? 1 : 0);
        out.counter(
                "posthorn_queue_waited_seconds_total", "For how long messages waited for consumers that were there");
        for (Labelled<QueueStatistics> each : queues) {
            out.labelled(each.labels(), each.thing().waitedMillis() / MILLIS);
        }
        out.gauge("posthorn_queue_oldest_message_age_seconds", "Age of the oldest ready message, where it is known");
        for (Labelled<QueueStatistics> each : queues) {
            if (each.thing().headTime() > 0) {
                out.labelled(each.labels(), Math.max(0, now - each.thing().headTime()) / MILLIS);
            }
        }
    }

    private static long givenUp(QueueStatistics queue) {
        long sum = 0;
        for (Counted each : GIVEN_UP) {
            sum += queue.counts().of(each);
        }
        return sum;
    }

    private static final List<Counted> GIVEN_UP = List.of(
            Counted.DEAD_LETTERED_EXPIRED,
            Counted.DEAD_LETTERED_REJECTED,
            Counted.DEAD_LETTERED_MAXLEN,
            Counted.DEAD_LETTERED_DELIVERY_LIMIT,
            Counted.DROPPED_EXPIRED,
            Counted.DROPPED_REJECTED,
            Counted.DROPPED_MAXLEN,
            Counted.DROPPED_DELIVERY_LIMIT);
}
