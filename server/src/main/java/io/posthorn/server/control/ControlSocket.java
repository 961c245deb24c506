package io.posthorn.server.control;

import io.posthorn.broker.Broker;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.BrowsePage;
import io.posthorn.broker.DelayedMessage;
import io.posthorn.broker.Done;
import io.posthorn.broker.MessageState;
import io.posthorn.broker.Principal;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.admin.Actor;
import io.posthorn.console.Inquiry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Serial;
import java.io.Writer;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;

/// Answers the broker's owner: one question and one answer a connection, each on its own virtual thread.
public final class ControlSocket implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ControlSocket.class.getName());
    private static final int AT_ONCE = 16;
    private static final int PAGE = 256;
    private static final int LONGEST_QUESTION = 4_096;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Broker broker;
    private final Principal owner;
    private final Path path;
    private final ServerSocketChannel server;
    private final Semaphore places = new Semaphore(AT_ONCE);

    private ControlSocket(Broker broker, Principal owner, Path path, ServerSocketChannel server) {
        this.broker = broker;
        this.owner = owner;
        this.path = path;
        this.server = server;
    }

    /// Opens the socket of the broker that serves AMQP on this port, which no other process can then have. Without
    /// it a broker does its work as well, so failing to open it is logged and no more.
    ///
    /// @param owner whom the questions are asked as
    public static Optional<ControlSocket> open(Broker broker, Principal owner, int amqpPort) {
        Path path = ControlDirectory.socket(amqpPort);
        try {
            ControlDirectory.create();
            Files.deleteIfExists(path); // of a broker on this port that was killed
            var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(path));
            var control = new ControlSocket(broker, owner, path, server);
            Thread.ofVirtual().name("control").start(control::accept);
            return Optional.of(control);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.log(Level.WARNING, "no control socket, so ''queue ls'' will find no broker: {0}", e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the control socket {0} was left behind: {1}", path, e.getMessage());
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel caller = server.accept();
                places.acquireUninterruptibly();
                Thread.ofVirtual().name("control-answer").start(() -> serve(caller));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.log(Level.WARNING, "the control socket is gone: {0}", e.getMessage());
                return;
            }
        }
    }

    private void serve(SocketChannel caller) {
        try (caller;
                var in = new BufferedReader(Channels.newReader(caller, StandardCharsets.UTF_8), LONGEST_QUESTION);
                var out = Channels.newWriter(caller, StandardCharsets.UTF_8)) {
            String question = in.readLine();
            if (question != null) {
                answer(question, out);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a caller on the control socket went away: {0}", e.getMessage());
        } finally {
            places.release();
        }
    }

    private void answer(String question, Writer out) throws IOException {
        String[] words = question.split(" ", -1);
        try {
            List<String> lines = lines(words);
            out.write("ok\n");
            for (String line : lines) {
                out.write(line + "\n");
            }
            out.write("end\n");
        } catch (BrokerException e) {
            refuse(String.valueOf(e.getMessage()), out);
        } catch (TimeoutException e) {
            refuse("the broker is too busy to answer", out);
        } catch (UnknownQuestion e) {
            refuse("this broker does not know the question; it may be older than this command", out);
        }
        out.flush();
    }

    private List<String> lines(String[] words) throws TimeoutException, UnknownQuestion {
        String virtualHost = words.length > 1 ? QueueLine.decode(words[1]) : "";
        String queue = words.length > 2 ? QueueLine.decode(words[2]) : "";
        return switch (words[0] + "/" + words.length) {
            case "queues/2" ->
                this.<List<QueueStatus>>ask(virtualHost, BrokerSession::listQueues).stream()
                        .sorted(Comparator.comparing(QueueStatus::name))
                        .map(status -> QueueLine.of(status).format())
                        .toList();
            case "pause/4" -> {
                String reason = QueueLine.decode(words[3]);
                this.<Done>ask(virtualHost, (session, reply) -> session.pauseQueue(queue, reason, reply));
                yield List.of();
            }
            case "resume/3" -> {
                this.<Done>ask(virtualHost, (session, reply) -> session.resumeQueue(queue, reply));
                yield List.of();
            }
            case "delayed/4" -> delayed(virtualHost, queue, words[3]);
            case "cancel-delayed/4" -> {
                long id = number(words[3]);
                yield List.of(String.valueOf(
                        this.<Boolean>ask(virtualHost, (session, reply) -> session.cancelDelayed(queue, id, reply))));
            }
            case "peek/5" -> peek(virtualHost, queue, words[3], words[4]);
            default -> throw new UnknownQuestion();
        };
    }

    /// Page by page, until there are as many as are wanted, or no more.
    private List<String> peek(String virtualHost, String queue, String state, String most)
            throws TimeoutException, UnknownQuestion {
        var lines = new ArrayList<String>();
        try {
            var wanted = MessageState.valueOf(state.toUpperCase(Locale.ROOT));
            int left = Integer.parseInt(most);
            long from = 0;
            while (left > 0 && from != BrowsePage.END) {
                BrowsePage page = page(virtualHost, queue, wanted, from, left);
                page.messages()
                        .forEach(message -> lines.add(PeekLine.of(message).format()));
                left -= page.messages().size();
                from = page.next();
            }
        } catch (IllegalArgumentException e) {
            throw new UnknownQuestion();
        }
        return lines;
    }

    /// Page by page, too.
    private List<String> delayed(String virtualHost, String exchange, String most)
            throws TimeoutException, UnknownQuestion {
        var lines = new ArrayList<String>();
        long left = number(most);
        DelayedMessage last = null;
        while (left > 0) {
            int wanted = (int) Math.min(left, PAGE);
            DelayedMessage behind = last;
            List<DelayedMessage> page =
                    ask(virtualHost, (session, reply) -> session.delayedMessages(exchange, behind, wanted, reply));
            page.forEach(message -> lines.add(DelayedLine.of(message).format()));
            left = page.size() < wanted ? 0 : left - page.size();
            last = page.isEmpty() ? null : page.getLast();
        }
        return lines;
    }

    private static long number(String word) throws UnknownQuestion {
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException e) {
            throw new UnknownQuestion();
        }
    }

    private BrowsePage page(String virtualHost, String queue, MessageState state, long from, int most)
            throws TimeoutException {
        return ask(virtualHost, (session, reply) -> session.browse(queue, state, from, Math.min(most, PAGE), reply));
    }

    private <T> T ask(String virtualHost, Inquiry.Question<T> question) throws TimeoutException {
        return Inquiry.run(broker, new Actor(owner, "control socket"), virtualHost, PATIENCE, question);
    }

    private static final class UnknownQuestion extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        UnknownQuestion() {
            super(null, null, false, false);
        }
    }

    private static void refuse(String why, Writer out) throws IOException {
        out.write("failed " + QueueLine.encode(why) + "\n");
    }
}
