package io.posthorn.verification.conformance.kafka.history;

import java.util.Arrays;

/// One record, wherever it is read: its value says all of it.
///
/// @param producer one instance of a producer: `idempotent-2.1`
/// @param sequence counted by that instance, per partition in the order of sending
/// @param transaction empty for none
record Id(String producer, long sequence, String transaction) {
    private static final int MOST_PADDING = 400;

    /// With a tail that follows from it, so that damage shows.
    String value() {
        return producer + ' ' + sequence + ' ' + transaction + ' ' + padding();
    }

    private String padding() {
        char[] padding = new char[(int) (sequence * 31 % MOST_PADDING)];
        Arrays.fill(padding, (char) ('a' + sequence % 26));
        return new String(padding);
    }

    /// @throws IllegalArgumentException when nobody has written that
    static Id of(String value) {
        String[] parts = value.split(" ", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException("not a record of ours: " + value);
        }
        var id = new Id(parts[0], Long.parseLong(parts[1]), parts[2]);
        if (!id.value().equals(value)) {
            throw new IllegalArgumentException("damaged: " + value);
        }
        return id;
    }

    boolean isInTransaction() {
        return !transaction.isEmpty();
    }
}
