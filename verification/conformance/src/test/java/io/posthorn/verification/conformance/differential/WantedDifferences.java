package io.posthorn.verification.conformance.differential;

import java.util.List;
import java.util.regex.Pattern;

/// Where Posthorn is meant to answer otherwise than RabbitMQ 3.10, and why.
final class WantedDifferences {
    /// @param pattern found in an answer of one of the two
    /// @param replacement what stands there for the comparison
    record Difference(String why, Pattern pattern, String replacement) {
        Difference(String why, String pattern, String replacement) {
            this(why, Pattern.compile(pattern), replacement);
        }
    }

    /// What RabbitMQ says, and what Posthorn has to say there.
    static final List<Difference> RABBITMQ = List.of(
            new Difference(
                    "a client may ask for a pause in deliveries, as the specification says",
                    "A0 connection.close reply-code=540 reply-text=\"NOT_IMPLEMENTED - active=false\".*",
                    "A1 channel.flow-ok"),
            new Difference(
                    "since RabbitMQ 4.3 direct replies are a queue of a type of their own, that cannot be got from",
                    "A1 channel.close reply-code=404 reply-text=\"NOT_FOUND - no queue 'amq.rabbitmq.reply-to' in vhost '/'\" class-id=60 method-id=70",
                    "A0 connection.close reply-code=540 reply-text=\"NOT_IMPLEMENTED - basic.get not supported by volatile queue 'amq.rabbitmq.reply-to' in vhost '/'\" class-id=60 method-id=70"),
            new Difference(
                    "nor bound, since RabbitMQ 4.3",
                    "reply-code=404 reply-text=\"NOT_FOUND - no queue 'amq.rabbitmq.reply-to' in vhost '/'\" class-id=50 method-id=20",
                    "reply-code=403 reply-text=\"ACCESS_REFUSED - operation not permitted on queue 'amq.rabbitmq.reply-to' in vhost '/'\" class-id=50 method-id=20"),
            new Difference(
                    "a direct reply that has gone to its asker is no message without a route, since RabbitMQ 4.2",
                    "C2 basic.return .*routing-key=amq.rabbitmq.reply-to.1 body=answer",
                    ""));

    /// What Posthorn says besides.
    static final List<Difference> POSTHORN = List.of(
            new Difference(
                    "every queue counts deliveries that failed, as quorum queues do", alone("x-delivery-count"), ""),
            new Difference("and all deliveries, as quorum queues do since 4.0", alone("x-acquired-count"), ""),
            new Difference(
                    "dead letters have these headers since RabbitMQ 3.13",
                    ", x-last-death-(exchange|queue|reason): (\"[^\"]*\"|[^,}]+)",
                    ""));

    private WantedDifferences() {}

    /// A header, with whatever has to go with it.
    private static String alone(String header) {
        return " properties=\\{headers: \\{%1$s\\}\\}|headers: \\{%1$s\\}, |, headers: \\{%1$s\\}|%1$s, |, %1$s"
                .formatted(header + ": [0-9]+l");
    }

    static String fromRabbitMq(String answer) {
        return apply(RABBITMQ, answer);
    }

    static String fromPosthorn(String answer) {
        return apply(POSTHORN, answer);
    }

    private static String apply(List<Difference> differences, String answer) {
        String compared = answer;
        for (Difference difference : differences) {
            compared = difference.pattern.matcher(compared).replaceAll(difference.replacement);
        }
        return compared;
    }
}
