package io.posthorn.broker.policy;

import io.posthorn.broker.policy.PolicyValues.ErlangText;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a policy may say, by RabbitMQ's names: which values each key has, to which types of queue a policy with it
/// does not apply at all, and how it counts beside the operator's policy and the queue's own argument.
enum PolicyKey {
    ALTERNATE_EXCHANGE("alternate-exchange", PolicyValues.TEXT, "alternate exchange name", Types.NONE),
    DEAD_LETTER_EXCHANGE("dead-letter-exchange", PolicyValues.TEXT, "dead letter exchange name", Types.STREAM),
    DEAD_LETTER_ROUTING_KEY("dead-letter-routing-key", PolicyValues.TEXT, "dead letter routing key", Types.STREAM),
    DEAD_LETTER_STRATEGY(
            "dead-letter-strategy", PolicyValues.DEAD_LETTER_STRATEGY, "dead letter strategy", Types.ALL_BUT_QUORUM),
    MESSAGE_TTL("message-ttl", PolicyValues.NON_NEGATIVE, "message TTL", Types.STREAM),
    EXPIRES("expires", PolicyValues.POSITIVE, "queue expiry", Types.STREAM),
    MAX_LENGTH("max-length", PolicyValues.NON_NEGATIVE, "maximum length", Types.STREAM),
    MAX_LENGTH_BYTES("max-length-bytes", PolicyValues.NON_NEGATIVE, "maximum length in bytes", Types.NONE),
    OVERFLOW("overflow", PolicyValues.OVERFLOW, "overflow value", Types.STREAM),
    DELIVERY_LIMIT("delivery-limit", PolicyValues.INTEGER, "delivery limit", Types.ALL_BUT_QUORUM),
    CONSUMER_TIMEOUT("consumer-timeout", PolicyValues.NON_NEGATIVE, "consumer timeout", Types.STREAM),
    DELAYED_RETRY_TYPE(
            "delayed-retry-type", PolicyValues.DELAYED_RETRY_TYPE, "delayed retry type", Types.ALL_BUT_QUORUM),
    DELAYED_RETRY_MIN("delayed-retry-min", PolicyValues.NON_NEGATIVE, "delayed retry min", Types.ALL_BUT_QUORUM),
    DELAYED_RETRY_MAX("delayed-retry-max", PolicyValues.NON_NEGATIVE, "delayed retry max", Types.ALL_BUT_QUORUM),
    MAX_AGE("max-age", PolicyValues.AGE, "max age", Types.ALL_BUT_STREAM),
    STREAM_SEGMENT_BYTES(
            "stream-max-segment-size-bytes", PolicyValues.SEGMENT_BYTES, "segment size", Types.ALL_BUT_STREAM),

    // How RabbitMQ keeps messages, and on which nodes: said in many definitions, and without a meaning here.
    MAX_IN_MEMORY_LENGTH("max-in-memory-length", PolicyValues.NON_NEGATIVE, "maximum memory in bytes", Types.STREAM),
    MAX_IN_MEMORY_BYTES("max-in-memory-bytes", PolicyValues.NON_NEGATIVE, "maximum memory in bytes", Types.STREAM),
    QUEUE_MODE("queue-mode", PolicyValues.MODE, "queue-mode value", Types.ALL_BUT_CLASSIC),
    QUEUE_VERSION("queue-version", PolicyValues.VERSION, "queue-version value", Types.NONE),
    QUEUE_LEADER_LOCATOR("queue-leader-locator", PolicyValues.LEADER_LOCATOR, "queue leader locator value", Types.NONE),
    INITIAL_CLUSTER_SIZE("initial-cluster-size", PolicyValues.NON_NEGATIVE, "cluster size", Types.ALL_BUT_STREAM),
    QUEUE_MASTER_LOCATOR("queue-master-locator", PolicyValues.MASTER_LOCATOR, "", Types.ALL_BUT_CLASSIC),
    HA_MODE("ha-mode", PolicyValues.HA_MODE, "ha-mode value", Types.ALL_BUT_CLASSIC),
    HA_PARAMS("ha-params", PolicyValues.HA_PARAMS, "ha-params value", Types.ALL_BUT_CLASSIC),
    HA_SYNC_MODE("ha-sync-mode", PolicyValues.HA_SYNC_MODE, "", Types.ALL_BUT_CLASSIC),
    HA_SYNC_BATCH_SIZE("ha-sync-batch-size", PolicyValues.POSITIVE, "ha-sync-batch-size", Types.NONE),
    HA_PROMOTE_ON_SHUTDOWN("ha-promote-on-shutdown", PolicyValues.HA_PROMOTE, "", Types.ALL_BUT_CLASSIC),
    HA_PROMOTE_ON_FAILURE("ha-promote-on-failure", PolicyValues.HA_PROMOTE, "", Types.ALL_BUT_CLASSIC);

    private static final Map<String, PolicyKey> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(key -> key.keyName, Function.identity()));

    /// Of these an operator's policy takes the smaller value, whoever said it.
    private static final Set<PolicyKey> LIMITS = EnumSet.of(
            MESSAGE_TTL,
            EXPIRES,
            MAX_LENGTH,
            MAX_LENGTH_BYTES,
            MAX_IN_MEMORY_LENGTH,
            MAX_IN_MEMORY_BYTES,
            DELIVERY_LIMIT,
            CONSUMER_TIMEOUT);

    /// What operators may say beside limits.
    private static final Set<PolicyKey> OPERATORS_OWN = EnumSet.of(OVERFLOW, QUEUE_VERSION);

    private final String keyName;
    private final PolicyValues values;
    private final String what;
    private final Types unsupported;

    /// Types of queue, by what `x-queue-type` says.
    private enum Types {
        NONE,
        STREAM,
        ALL_BUT_CLASSIC,
        ALL_BUT_QUORUM,
        ALL_BUT_STREAM;

        boolean has(String type) {
            return switch (this) {
                case NONE -> false;
                case STREAM -> type.equals("stream");
                case ALL_BUT_CLASSIC -> !type.equals("classic");
                case ALL_BUT_QUORUM -> !type.equals("quorum");
                case ALL_BUT_STREAM -> !type.equals("stream");
            };
        }
    }

    /// @param what a value that it does not have is not a valid one of
    /// @param unsupported a policy with this key does not apply to these
    PolicyKey(String keyName, PolicyValues values, String what, Types unsupported) {
        this.keyName = keyName;
        this.values = values;
        this.what = what;
        this.unsupported = unsupported;
    }

    static @Nullable PolicyKey named(String name) {
        return BY_NAME.get(name);
    }

    String keyName() {
        return keyName;
    }

    /// As it is called among the arguments of a queue.
    String argumentName() {
        return "x-" + keyName;
    }

    /// Whether a policy that says this is none for queues of that type, whatever else it says.
    boolean isUnsupportedBy(String type) {
        return unsupported.has(type);
    }

    boolean isForOperators() {
        return LIMITS.contains(this) || OPERATORS_OWN.contains(this);
    }

    /// What is wrong with a value, in RabbitMQ's words; null when nothing is.
    @Nullable
    String complaint(@Nullable Object value) {
        if (values.has(value)) {
            return null;
        }
        String shown = ErlangText.of(value);
        return switch (this) {
            case QUEUE_MASTER_LOCATOR -> shown + " invalid queue-master-locator value";
            case HA_SYNC_MODE -> "ha-sync-mode must be \"manual\" or \"automatic\", got " + shown;
            case HA_SYNC_BATCH_SIZE -> "ha-sync-batch-size takes an integer greater than 0, " + shown + " given";
            case HA_PROMOTE_ON_SHUTDOWN, HA_PROMOTE_ON_FAILURE ->
                keyName + " must be \"always\" or \"when-synced\", got " + shown;
            default -> shown + " is not a valid " + what;
        };
    }

    /// The value where both policies have one.
    @Nullable
    Object merged(@Nullable Object users, @Nullable Object operators) {
        return LIMITS.contains(this) ? smaller(users, operators) : operators;
    }

    /// The value where a queue of this type was declared with another one.
    ///
    /// @param argument of the queue
    @Nullable
    Object combined(@Nullable Object policy, @Nullable Object argument, String type) {
        if (type.equals("stream")) {
            return policy;
        }
        boolean policyWins = type.equals("quorum") && (this == OVERFLOW || this == EXPIRES);
        if (policyWins) {
            return policy;
        }
        return LIMITS.contains(this) ? smaller(policy, argument) : argument;
    }

    /// A negative number is no limit, so the other one is smaller.
    private static @Nullable Object smaller(@Nullable Object one, @Nullable Object other) {
        if (!(one instanceof Number first) || !(other instanceof Number second)) {
            return one instanceof Number ? one : other;
        }
        boolean firstCounts = Long.compareUnsigned(first.longValue(), second.longValue()) <= 0;
        return firstCounts ? one : other;
    }
}
