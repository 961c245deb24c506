package io.posthorn.verification.conformance.differential;

import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.ExchangeMethod;
import io.posthorn.protocol.amqp.wire.QueueMethod;
import io.posthorn.verification.conformance.differential.Heard.Confirmed;
import io.posthorn.verification.conformance.differential.Heard.Gone;
import io.posthorn.verification.conformance.differential.Heard.Said;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// Plays one script to one broker. Not thread-safe.
final class Player implements AutoCloseable {
    /// How long nothing comes after all that a broker had to say: it is waited for only where no answers are known.
    private static final long QUIET_MILLIS = 60;

    private static final long PATIENCE_MILLIS = 5_000;
    private static final char CLEANER = 'Z';
    private static final Pattern NAME = Pattern.compile("%[A-Za-z0-9._-]*");
    private static final AtomicInteger RUNS = new AtomicInteger();
    private static final String RUN = Long.toString(System.nanoTime(), 36);

    private final URI broker;
    private final UnaryOperator<String> comparable;
    private final Ear ear = new Ear();
    private final Map<Character, Peer> peers = new TreeMap<>();
    private final Set<String> used = new LinkedHashSet<>();
    private final Names names = new Names("d" + RUN + "-" + RUNS.incrementAndGet() + "-");

    /// @param comparable what an answer becomes before it is compared
    Player(URI broker, UnaryOperator<String> comparable) {
        this.broker = broker;
        this.comparable = comparable;
    }

    /// Does one act, and waits until the broker has nothing more to say to it. @return its answers
    List<String> play(String act) throws IOException, InterruptedException {
        perform(act);
        fence();
        ear.awaitQuiet(QUIET_MILLIS);
        return written(ear.take());
    }

    /// Does one act, and waits for these answers, or more, or for too long. @return its answers
    List<String> play(String act, List<String> expected) throws IOException, InterruptedException {
        perform(act);
        fence();
        ear.await(
                () -> {
                    List<String> answers = written(ear.heard());
                    return answers.size() > expected.size() || answers.equals(expected);
                },
                PATIENCE_MILLIS);
        return written(ear.take());
    }

    /// What comes although nothing more should. @return those answers
    List<String> rest() throws IOException, InterruptedException {
        fence();
        ear.awaitQuiet(QUIET_MILLIS);
        return written(ear.take());
    }

    private void perform(String line) throws IOException, InterruptedException {
        NAME.matcher(line).results().forEach(name -> used.add(name.group()));
        switch (Act.parse(names.real(line))) {
            case Act.Send send -> send(send);
            case Act.Publish publish ->
                peer(publish.connection())
                        .publish(publish.channel(), publish.method(), publish.properties(), publish.body());
            case Act.Drop drop -> peer(drop.connection()).close();
            case Act.Pause pause -> Thread.sleep(pause.duration());
        }
    }

    // Whatever follows on a channel waits for the answer to a method that has one: RabbitMQ closes the connection over
    // a
    // method behind tx.commit or channel.close that came too early.
    private void send(Act.Send send) throws IOException, InterruptedException {
        peer(send.connection()).send(send.channel(), send.method());
        if (Wording.isAnswered(send.method())) {
            ear.await(() -> ear.heard().stream().anyMatch(heard -> isAnswer(heard, send)), PATIENCE_MILLIS);
        }
    }

    private static boolean isAnswer(Heard heard, Act.Send send) {
        return heard.connection() == send.connection()
                && switch (heard) {
                    case Said said ->
                        said.channel() == 0
                                || (said.channel() == send.channel()
                                        && !(said.method() instanceof BasicMethod.Deliver)
                                        && !(said.method() instanceof BasicMethod.Return));
                    case Gone _ -> true;
                    case Confirmed _ -> false;
                };
    }

    private Peer peer(char name) throws IOException {
        Peer peer = peers.get(name);
        if (peer == null || !peer.isOpen()) {
            peer = Peer.connect(name, broker, ear);
            peers.put(name, peer);
        }
        return peer;
    }

    private void fence() throws IOException, InterruptedException {
        for (Peer peer : peers.values()) {
            if (peer.isOpen()) {
                peer.fence();
            }
        }
        ear.await(() -> peers.values().stream().allMatch(Peer::isFenced), PATIENCE_MILLIS);
    }

    /// By connection and channel, each in its order, confirms last: what comes on different channels has no order, and
    /// neither have confirms among other answers.
    private List<String> written(List<Heard> heard) {
        List<String> answers = new ArrayList<>();
        TreeMap<String, TreeSet<Long>> confirmed = new TreeMap<>();
        List<Heard> sorted = new ArrayList<>(heard);
        sorted.sort(Comparator.comparingInt(Heard::connection).thenComparingInt(Heard::channel));
        for (Heard each : sorted) {
            switch (each) {
                case Said said -> answers.add(comparable.apply(names.written(written(said))));
                case Gone gone -> answers.add(gone.connection() + " is gone");
                case Confirmed some ->
                    confirmed
                            .computeIfAbsent(
                                    place(some) + (some.refused() ? " basic.nack " : " basic.ack "),
                                    _ -> new TreeSet<>())
                            .addAll(some.messages());
            }
        }
        confirmed.forEach((what, messages) -> answers.add(what + messages));
        return answers;
    }

    private static String written(Said said) {
        String words = place(said) + " " + Wording.print(said.method());
        var content = said.content();
        return content == null
                ? words
                : words + Wording.print(content.properties()) + " body=" + Values.text(content.body());
    }

    private static String place(Heard heard) {
        return "" + heard.connection() + heard.channel();
    }

    /// Ends all connections, and deletes what the script has named.
    @Override
    public void close() throws IOException {
        for (Peer peer : peers.values()) {
            peer.close();
        }
        try (Peer cleaner = Peer.connect(CLEANER, broker, ear)) {
            int channel = 0;
            for (String name : used) {
                cleaner.send(++channel, new QueueMethod.Delete(names.real(name), false, false, true));
                cleaner.send(++channel, new ExchangeMethod.Delete(names.real(name), false, true));
            }
            cleaner.fence();
            ear.await(cleaner::isFenced, PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
