package io.posthorn.broker.queue;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Message;
import io.posthorn.broker.producer.Producers;
import io.posthorn.broker.topic.TopicDefaults;
import org.jspecify.annotations.Nullable;

/// What a queue does beyond keeping messages in order, read once from the arguments it was declared with and what
/// policies make of them, which are valid.
///
/// @param messageTtl milliseconds that a message lives in the queue; [Message#NEVER] for no end
/// @param expires milliseconds without use after which the queue is deleted; [Message#NEVER] for never
/// @param singleActiveConsumer whether one consumer gets all messages while others wait for it to go
/// @param consumerTimeout milliseconds that a consumer may hold a delivery; [Message#NEVER] for no limit
/// @param lifo whether the newest message goes first
/// @param maxPriority those of messages that are higher count as this; 0 where there are no priorities
/// @param maxLength how many messages may be ready; `Long.MAX_VALUE` for no limit
/// @param maxBytes how many bytes of bodies may be ready; `Long.MAX_VALUE` for no limit
/// @param overflow what goes when that is too much
/// @param fairLimit how many messages of one key may be under way; 0 where keys do not matter
/// @param replicated whether it was declared as a quorum queue, with what that promises
/// @param deliveryLimit how often a message may come back; `Long.MAX_VALUE` for no limit
/// @param retryDelay how long a message that came back waits; null for not at all
/// @param mostIds how many message ids are remembered to keep duplicates out; 0 for none
/// @param idMillis for how long
/// @param producerExpiration milliseconds that a producer is remembered that numbers its batches and appends none
/// @param deadLetterExchange where messages go that the queue gives up; null when they are dropped
/// @param deadLetterRoutingKey replaces their routing keys; null to keep them
public record QueueSettings(
        long messageTtl,
        long expires,
        boolean singleActiveConsumer,
        long consumerTimeout,
        boolean lifo,
        int maxPriority,
        long maxLength,
        long maxBytes,
        Overflow overflow,
        int fairLimit,
        boolean replicated,
        long deliveryLimit,
        @Nullable RetryDelay retryDelay,
        int mostIds,
        long idMillis,
        long producerExpiration,
        @Nullable String deadLetterExchange,
        @Nullable String deadLetterRoutingKey) {
    /// What becomes of what is too much.
    enum Overflow {
        /// The oldest messages leave.
        DROP_HEAD,
        /// New messages are refused.
        REJECT_PUBLISH,
        /// New messages are refused, and dead-lettered.
        REJECT_PUBLISH_DLX;

        /// A quorum queue does not know the third and drops, as RabbitMQ's.
        static Overflow of(@Nullable String argument, boolean replicated) {
            return switch (argument) {
                case "reject-publish" -> REJECT_PUBLISH;
                case "reject-publish-dlx" -> replicated ? DROP_HEAD : REJECT_PUBLISH_DLX;
                case null, default -> DROP_HEAD;
            };
        }
    }

    private static final int MOST_IN_SCATTERED_BATCH = 16;
    private static final long HOUR = 3_600_000;

    /// Of quorum queues, since RabbitMQ 4.0.
    private static final long DELIVERY_LIMIT = 20;

    private static final int MOST_IDS = 100_000;

    /// Some 40 MB of heap.
    private static final int MOST_IDS_EVER = 1_000_000;

    /// A negative limit is none.
    private static long deliveryLimit(Arguments arguments) {
        boolean counts = "quorum".equals(arguments.get("x-queue-type"));
        long limit = counts ? number(arguments, "x-delivery-limit", DELIVERY_LIMIT) : -1;
        return limit < 0 ? Long.MAX_VALUE : limit;
    }

    /// Of topics it can be set.
    private static long producerExpiration(Arguments arguments) {
        return "topic".equals(arguments.get("x-queue-type"))
                ? Retention.limit(arguments, TopicDefaults.PRODUCER_EXPIRATION, Producers.EXPIRATION)
                : Producers.EXPIRATION;
    }

    public static QueueSettings of(Arguments arguments) {
        return new QueueSettings(
                number(arguments, "x-message-ttl", Message.NEVER),
                number(arguments, "x-expires", Message.NEVER),
                Boolean.TRUE.equals(arguments.get("x-single-active-consumer")),
                number(arguments, "x-consumer-timeout", Message.NEVER),
                "lifo".equals(arguments.get("x-delivery-order")),
                (int) number(arguments, "x-max-priority", 0),
                number(arguments, "x-max-length", Long.MAX_VALUE),
                number(arguments, "x-max-length-bytes", Long.MAX_VALUE),
                Overflow.of(text(arguments, "x-overflow"), "quorum".equals(arguments.get("x-queue-type"))),
                (int) Math.min(number(arguments, "x-fair-limit", 0), Integer.MAX_VALUE),
                "quorum".equals(arguments.get("x-queue-type")),
                deliveryLimit(arguments),
                RetryDelay.of(arguments),
                mostIds(arguments),
                number(arguments, "x-cache-ttl", HOUR),
                producerExpiration(arguments),
                text(arguments, "x-dead-letter-exchange"),
                text(arguments, "x-dead-letter-routing-key"));
    }

    /// How many messages are to be in a batch at most, so that each is taken or refused for itself, and so that
    /// delivering one of them does not mean reading many.
    public int mostInBatch() {
        if (rejectsPublishes()) {
            return 1;
        }
        return lifo || maxPriority > 0 || fairLimit > 0 ? MOST_IN_SCATTERED_BATCH : Integer.MAX_VALUE;
    }

    /// Whether the queue must know of each message more than its offset.
    boolean looksAtMessages() {
        return maxPriority > 0 || limitsBytes();
    }

    boolean limitsBytes() {
        return maxBytes != Long.MAX_VALUE;
    }

    boolean limitsLength() {
        return maxLength != Long.MAX_VALUE || limitsBytes();
    }

    /// Whether what is too much does not come in.
    boolean rejectsPublishes() {
        return overflow != Overflow.DROP_HEAD && limitsLength();
    }

    private static int mostIds(Arguments arguments) {
        return Boolean.TRUE.equals(arguments.get("x-message-deduplication"))
                ? (int) Math.min(number(arguments, "x-cache-size", MOST_IDS), MOST_IDS_EVER)
                : 0;
    }

    Consumers.Rule consumersRule() {
        if (!singleActiveConsumer) {
            return Consumers.Rule.COMPETING;
        }
        return replicated ? Consumers.Rule.SINGLE_ACTIVE_IN_ORDER : Consumers.Rule.SINGLE_ACTIVE;
    }

    static long number(Arguments arguments, String name, long otherwise) {
        return arguments.get(name) instanceof Number number ? number.longValue() : otherwise;
    }

    static @Nullable String text(Arguments arguments, String name) {
        return arguments.get(name) instanceof String text ? text : null;
    }
}
