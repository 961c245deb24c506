package io.posthorn.console.rates;

import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.statistics.Counts;
import io.posthorn.broker.statistics.Tally;
import io.posthorn.broker.statistics.Totals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The counts in `message_stats`, by RabbitMQ's names.
public enum MessageRates {
    ACK("ack", Counted.ACK),
    CONFIRM("confirm", Counted.CONFIRM),
    DELIVER("deliver", Counted.DELIVER),
    DELIVER_GET("deliver_get", null),
    DELIVER_NO_ACK("deliver_no_ack", Counted.DELIVER_NO_ACK),
    DROP_UNROUTABLE("drop_unroutable", Counted.DROP_UNROUTABLE),
    GET("get", Counted.GET),
    GET_EMPTY("get_empty", Counted.GET_EMPTY),
    GET_NO_ACK("get_no_ack", Counted.GET_NO_ACK),
    PUBLISH("publish", Counted.PUBLISH),
    REDELIVER("redeliver", Counted.REDELIVER),
    RETURN_UNROUTABLE("return_unroutable", Counted.RETURN_UNROUTABLE);

    /// Those that a queue has.
    public static final List<MessageRates> OF_QUEUES =
            List.of(ACK, DELIVER, DELIVER_GET, DELIVER_NO_ACK, GET, GET_EMPTY, GET_NO_ACK, PUBLISH, REDELIVER);

    /// Those that a channel has, and the whole broker.
    public static final List<MessageRates> OF_CHANNELS = List.of(values());

    private static final List<Counted> AT_CONNECTIONS =
            List.of(Counted.PUBLISH, Counted.CONFIRM, Counted.RETURN_UNROUTABLE, Counted.DROP_UNROUTABLE);

    private static final List<Counted> AT_QUEUES = List.of(
            Counted.DELIVER,
            Counted.DELIVER_NO_ACK,
            Counted.GET,
            Counted.GET_NO_ACK,
            Counted.GET_EMPTY,
            Counted.ACK,
            Counted.REDELIVER);

    private final String text;

    /// Null for the sum of all that is handed out.
    private final @Nullable Counted counted;

    MessageRates(String text, @Nullable Counted counted) {
        this.text = text;
        this.counted = counted;
    }

    public String text() {
        return text;
    }

    public long of(Counts counts) {
        return counted == null ? counts.deliverGet() : counts.of(counted);
    }

    /// What the whole broker has taken from its connections, and handed out from its queues.
    public static Counts ofAll(Totals totals) {
        var all = new Tally();
        AT_CONNECTIONS.forEach(what -> all.add(what, totals.connections().of(what)));
        AT_QUEUES.forEach(what -> all.add(what, totals.queues().of(what)));
        return all.now();
    }
}
