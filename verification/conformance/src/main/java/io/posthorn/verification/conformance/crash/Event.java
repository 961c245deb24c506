package io.posthorn.verification.conformance.crash;

import java.util.List;

/// What a client saw, one line of the history. Messages are known by publisher and sequence; a publisher's sequence
/// only ever grows.
sealed interface Event {
    /// About to be published: from here on it may arrive.
    record Attempted(String publisher, long sequence) implements Event {}

    /// Acknowledged by the broker: from here on it must arrive, in each of the publisher's queues.
    record Confirmed(String publisher, long sequence) implements Event {}

    record Delivered(String consumer, String queue, String publisher, long sequence, boolean redelivered)
            implements Event {}

    /// About to be acknowledged: from here on it need not come again.
    record Settling(String queue, String publisher, long sequence) implements Event {}

    /// A delivery whose body is not what was published.
    record Damaged(String queue, String body) implements Event {}

    /// About to be declared: from here on it may exist.
    record Declaring(String name) implements Event {}

    /// From here on it must exist.
    record Declared(String name) implements Event {}

    record Deleting(String name) implements Event {}

    record Deleted(String name) implements Event {}

    /// Looked for after a restart.
    record Looked(String name, boolean found) implements Event {}

    /// What the broker said a queue held before the final drain.
    record Counted(String queue, long ready) implements Event {}

    /// The broker was killed and has come back.
    record Crashed(int cycle) implements Event {}

    /// No more deliveries will come: what is missing now is lost.
    record Drained(String queue) implements Event {}

    default String line() {
        return switch (this) {
            case Attempted(var publisher, var sequence) -> join("attempted", publisher, sequence);
            case Confirmed(var publisher, var sequence) -> join("confirmed", publisher, sequence);
            case Delivered(var consumer, var queue, var publisher, var sequence, var redelivered) ->
                join("delivered", consumer, queue, publisher, sequence, redelivered);
            case Settling(var queue, var publisher, var sequence) -> join("settling", queue, publisher, sequence);
            case Damaged(var queue, var body) -> join("damaged", queue, body);
            case Declaring(var name) -> join("declaring", name);
            case Declared(var name) -> join("declared", name);
            case Deleting(var name) -> join("deleting", name);
            case Deleted(var name) -> join("deleted", name);
            case Looked(var name, var found) -> join("looked", name, found);
            case Counted(var queue, var ready) -> join("counted", queue, ready);
            case Crashed(var cycle) -> join("crashed", cycle);
            case Drained(var queue) -> join("drained", queue);
        };
    }

    private static String join(Object... words) {
        return String.join(" ", List.of(words).stream().map(Object::toString).toList());
    }

    static Event parse(String line) {
        String[] words = line.split(" ", -1);
        return switch (words[0]) {
            case "attempted" -> new Attempted(words[1], Long.parseLong(words[2]));
            case "confirmed" -> new Confirmed(words[1], Long.parseLong(words[2]));
            case "delivered" ->
                new Delivered(words[1], words[2], words[3], Long.parseLong(words[4]), Boolean.parseBoolean(words[5]));
            case "settling" -> new Settling(words[1], words[2], Long.parseLong(words[3]));
            case "damaged" -> new Damaged(words[1], words[2]);
            case "declaring" -> new Declaring(words[1]);
            case "declared" -> new Declared(words[1]);
            case "deleting" -> new Deleting(words[1]);
            case "deleted" -> new Deleted(words[1]);
            case "looked" -> new Looked(words[1], Boolean.parseBoolean(words[2]));
            case "counted" -> new Counted(words[1], Long.parseLong(words[2]));
            case "crashed" -> new Crashed(Integer.parseInt(words[1]));
            case "drained" -> new Drained(words[1]);
            default -> throw new IllegalArgumentException("no event: " + line);
        };
    }
}
