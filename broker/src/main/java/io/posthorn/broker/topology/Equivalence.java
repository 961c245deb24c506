package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import org.jspecify.annotations.Nullable;

/// Compares what is declared again with what is there. The texts are RabbitMQ's to the letter: clients and their
/// tests match on them.
final class Equivalence {
    private Equivalence() {}

    static void check(String field, Object received, Object current, Object of) {
        if (!received.equals(current)) {
            throw failed(field, of, "'" + received + "'", "'" + current + "'");
        }
    }

    static void checkArgument(String name, Arguments received, Arguments current, Object of) {
        boolean isReceived = received.values().containsKey(name);
        boolean isCurrent = current.values().containsKey(name);
        Object receivedValue = received.get(name);
        Object currentValue = current.get(name);
        if (isReceived && isCurrent) {
            if (!same(receivedValue, currentValue)) {
                throw failed(name, of, value(receivedValue), value(currentValue));
            }
        } else if (isReceived) {
            throw failed(name, of, valueAndType(receivedValue), "none");
        } else if (isCurrent) {
            throw failed(name, of, "none", valueAndType(currentValue));
        }
    }

    private static boolean same(@Nullable Object one, @Nullable Object other) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return ValueType.sameValue(one, other);
    }

    private static String value(@Nullable Object value) {
        return value == null ? "none" : "'" + Texts.value(value) + "'";
    }

    private static String valueAndType(@Nullable Object value) {
        return "the value '" + Texts.value(value) + "' of type '"
                + ValueType.of(value).rabbitName() + "'";
    }

    private static PreconditionFailed failed(String field, Object of, String received, String current) {
        return new PreconditionFailed(
                "inequivalent arg '" + field + "' for " + of + ": received " + received + " but current is " + current);
    }
}
