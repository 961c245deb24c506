package io.posthorn.verification.conformance.differential;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Acts at random over a few queues, exchanges and channels: what nobody thought of writing down.
///
/// Only what two brokers can answer alike is in them: no clocks, and one consumer for each queue, since nobody promises
/// which of several is served first.
final class RandomScripts {
    private static final String[] QUEUE_ARGUMENTS = {
        "",
        "",
        " arguments={x-max-length: 2}",
        " arguments={x-max-length: 2, x-overflow: reject-publish}",
        " arguments={x-max-priority: 3}",
        " arguments={x-dead-letter-exchange: \"\", x-dead-letter-routing-key: %q3}",
        " arguments={x-max-length: 1, x-dead-letter-exchange: %x1, x-dead-letter-routing-key: a}",
    };
    private static final String[] TYPES = {"direct", "fanout", "topic"};
    private static final String[] KEYS = {"a", "b", "a.b", "*.b", "#"};
    private static final String[] CHANNELS = {"A1", "A2", "B1"};
    private static final int LENGTH = 25;

    private final Random random;
    private final List<String> acts = new ArrayList<>();
    private final Set<String> consumed = new HashSet<>();
    private int messages;
    private int tags;

    private RandomScripts(long seed) {
        random = new Random(seed);
    }

    static Script of(long seed) {
        RandomScripts script = new RandomScripts(seed);
        script.declare();
        for (int i = 0; i < LENGTH; i++) {
            script.act();
        }
        return new Script("Seed " + seed, script.acts);
    }

    private void declare() {
        for (int i = 1; i <= 2; i++) {
            say("A1", "queue.declare queue=%q" + i + " durable" + one(QUEUE_ARGUMENTS));
            say("A1", "exchange.declare exchange=%x" + i + " type=" + one(TYPES));
        }
        say("A1", "queue.declare queue=%q3");
        for (int i = 0; i < 4; i++) {
            bind("bind");
        }
        if (random.nextBoolean()) {
            say("A1", "exchange.bind source=%x1 destination=%x2 routing-key=" + one(KEYS));
        }
    }

    private void act() {
        String channel = one(CHANNELS);
        switch (random.nextInt(40)) {
            case 0, 1 -> bind(random.nextBoolean() ? "bind" : "unbind");
            case 2, 3 -> consume(channel);
            case 4 -> say(channel, "basic.qos prefetch-count=" + random.nextInt(3));
            case 5 -> say(channel, "basic.recover requeue");
            case 6 -> say(channel, "queue.purge queue=" + queue());
            case 7, 8 -> say(channel, "queue.declare passive queue=" + queue());
            case 9 -> say(channel, "channel.close");
            case 10 -> say(channel, "confirm.select");
            case 11 -> say(channel, "basic.cancel consumer-tag=c" + (1 + random.nextInt(3)));
            case 12, 13, 14, 15, 16, 17, 18, 19 -> settle(channel);
            case 20, 21, 22, 23, 24, 25, 26 -> get(channel);
            default -> publish(channel);
        }
    }

    private void bind(String verb) {
        say("A1", "queue." + verb + " queue=" + queue() + " exchange=" + exchange() + " routing-key=" + one(KEYS));
    }

    private void consume(String channel) {
        String queue = queue();
        if (consumed.add(queue)) {
            say(channel, "basic.consume queue=" + queue + " consumer-tag=c" + ++tags + flag(" no-ack", 4));
        }
    }

    private void settle(String channel) {
        String tag = " delivery-tag=" + (1 + random.nextInt(3));
        switch (random.nextInt(4)) {
            case 0 -> say(channel, "basic.reject" + tag + flag(" requeue", 2));
            case 1 -> say(channel, "basic.nack" + tag + flag(" multiple", 3) + flag(" requeue", 2));
            default -> say(channel, "basic.ack" + tag + flag(" multiple", 3));
        }
    }

    private void get(String channel) {
        say(channel, "basic.get queue=" + queue() + flag(" no-ack", 4));
    }

    private void publish(String channel) {
        String where = random.nextBoolean()
                ? " routing-key=" + queue()
                : " exchange=" + exchange() + " routing-key=" + one(KEYS).replace('*', 'x');
        String properties = random.nextInt(3) == 0 ? " properties={priority: " + random.nextInt(5) + "}" : "";
        say(channel, "basic.publish" + where + flag(" mandatory", 4) + properties + " body=m" + ++messages);
    }

    private void say(String channel, String act) {
        acts.add(channel + " " + act);
    }

    private String queue() {
        return "%q" + (1 + random.nextInt(3));
    }

    private String exchange() {
        return "%x" + (1 + random.nextInt(2));
    }

    private String one(String[] of) {
        return of[random.nextInt(of.length)];
    }

    private String flag(String flag, int oneIn) {
        return random.nextInt(oneIn) == 0 ? flag : "";
    }

    /// Leaves out what is not needed for a difference to show.
    ///
    /// @return answered by RabbitMQ
    static Script shrunk(Script differing, URI rabbitMq, URI posthorn) throws IOException, InterruptedException {
        Script shortest = differing;
        for (int size = shortest.steps().size() / 2; size > 0; size /= 2) {
            for (int from = 0; from < shortest.steps().size(); ) {
                Script shorter = without(shortest, from, size).answeredBy(rabbitMq);
                if (shorter.playTo(posthorn).differs()) {
                    shortest = shorter;
                } else {
                    from += size;
                }
            }
        }
        return shortest;
    }

    private static Script without(Script script, int from, int size) {
        List<String> left = new ArrayList<>();
        List<Script.Step> steps = script.steps();
        for (int i = 0; i < steps.size(); i++) {
            if (i < from || i >= from + size) {
                left.add(steps.get(i).act());
            }
        }
        return new Script(script.title(), left);
    }
}
