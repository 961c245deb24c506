package io.posthorn.verification.conformance.differential;

import io.posthorn.broker.Arguments;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.BasicProperties;
import io.posthorn.protocol.amqp.wire.Method;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a client does in one line of a script. `A1` is channel 1 of connection A; both are opened at their first use,
/// and again after the broker has closed them.
sealed interface Act {
    /// `A1 queue.declare queue=%q durable`
    record Send(char connection, int channel, Method method) implements Act {}

    /// `A1 basic.publish routing-key=%q properties={delivery-mode: 2} body=hello`, or `body=x*100` for a hundred x.
    record Publish(char connection, int channel, BasicMethod.Publish method, BasicProperties properties, String body)
            implements Act {}

    /// `A drop`: the connection is gone without a word.
    record Drop(char connection) implements Act {}

    /// `pause 200`: so many milliseconds go by.
    record Pause(Duration duration) implements Act {}

    static Act parse(String line) {
        String[] words = line.split(" ", 3);
        if (words[0].equals("pause")) {
            return new Pause(Duration.ofMillis(Long.parseLong(words[1])));
        }
        char connection = words[0].charAt(0);
        if (words[1].equals("drop")) {
            return new Drop(connection);
        }
        int channel = Integer.parseInt(words[0].substring(1));
        Map<String, @Nullable Object> arguments = arguments(words.length > 2 ? words[2] : "");
        Object properties = arguments.remove("properties");
        String body = body(arguments.remove("body"));
        return switch (Wording.method(words[1], arguments)) {
            case BasicMethod.Publish publish ->
                new Publish(
                        connection,
                        channel,
                        publish,
                        properties instanceof Arguments given
                                ? Wording.properties(given.values())
                                : BasicProperties.NONE,
                        body);
            case Method method -> new Send(connection, channel, method);
        };
    }

    private static Map<String, @Nullable Object> arguments(String text) {
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        int at = 0;
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && text.charAt(end) != ' ' && text.charAt(end) != '=') {
                end++;
            }
            String name = text.substring(at, end);
            if (end < text.length() && text.charAt(end) == '=') {
                Values.Read read = Values.read(text, end + 1);
                arguments.put(name, read.value());
                end = read.end();
            } else {
                arguments.put(name, true);
            }
            at = end + 1;
        }
        return arguments;
    }

    private static String body(@Nullable Object body) {
        if (body == null) {
            return "";
        }
        String text = body.toString();
        int times = text.lastIndexOf('*');
        return times < 0 ? text : text.substring(0, times).repeat(Integer.parseInt(text.substring(times + 1)));
    }
}
