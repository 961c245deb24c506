package io.posthorn.remote;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import io.posthorn.events.Capability;
import io.posthorn.events.EventsException;
import io.posthorn.events.Position;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.Retention;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Outgoing;
import io.posthorn.events.spi.QueueArguments;
import io.posthorn.events.spi.StreamArguments;
import java.io.IOException;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// A connection to a server. What may fail on its own has a channel of its own, since a failure ends the channel.
@SuppressWarnings("JavaUtilDate") // the client has timestamps as dates
final class RemoteLink implements Link {
    private final LastingConnection connection;
    private final Belongings belongings;
    private final RemoteServer server;
    private final InstantSource clock;
    private final ConfirmedPublishing publishing;
    private final Delays delays;
    private final Management management;

    /// @param opening opens the next connection when this one was lost
    /// @param management how the server is asked what AMQP has no words for
    RemoteLink(
            Connection first,
            LastingConnection.Opening opening,
            RemoteServer server,
            Management management,
            InstantSource clock) {
        this.management = management;
        this.server = server;
        this.clock = clock;
        this.belongings = new Belongings(new Channels());
        this.connection = new LastingConnection(first, opening, server.name(), belongings::restore);
        this.delays = new Delays(server.isPosthorn(), server.name());
        this.publishing = new ConfirmedPublishing(connection::channel, server.name(), delays::forgetAll);
        connection.watch();
    }

    @Override
    public String server() {
        return server.name();
    }

    @Override
    public Set<Capability> capabilities() {
        Set<Capability> all = EnumSet.copyOf(server.capabilities());
        if (server.isPosthorn() && management.answers()) {
            all.addAll(Management.CAPABILITIES);
        }
        return Set.copyOf(all);
    }

    @Override
    public boolean can(Capability capability) {
        return server.capabilities().contains(capability)
                || (Management.CAPABILITIES.contains(capability) && server.isPosthorn() && management.answers());
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public void declareQueue(String name, QueueOptions options) {
        onChannel(channel -> channel.queueDeclare(name, options.durable(), false, false, QueueArguments.of(options)));
        delays.forget(name); // it may be another queue of that name
    }

    @Override
    public void declareTemporaryQueue(String name) {
        try {
            making(channel -> Belongings.declareTemporaryQueue(channel, name), () -> belongings.temporaryQueue(name));
        } catch (RuntimeException e) {
            belongings.forgetQueue(name); // the caller takes it for not there
            throw e;
        }
    }

    @Override
    public void declareStream(String name, Retention retention) {
        onChannel(channel -> channel.queueDeclare(name, true, false, false, StreamArguments.of(retention)));
    }

    @Override
    public void declareTopicExchange(String name) {
        making(channel -> Belongings.declareExchange(channel, name), () -> belongings.exchange(name));
    }

    @Override
    public void bind(String queue, String exchange, String pattern) {
        making(
                channel -> channel.queueBind(queue, exchange, pattern),
                () -> belongings.bound(queue, exchange, pattern));
    }

    @Override
    public void unbind(String queue, String exchange, String pattern) {
        belongings.unbound(queue, exchange, pattern);
        onChannel(channel -> channel.queueUnbind(queue, exchange, pattern));
    }

    @Override
    public void deleteQueue(String name) {
        belongings.forgetQueue(name);
        onChannel(channel -> channel.queueDelete(name));
        delays.forget(name);
    }

    @Override
    public long length(String queue) {
        return onChannel(channel -> channel.queueDeclarePassive(queue).getMessageCount());
    }

    @Override
    public long purge(String queue) {
        return onChannel(channel -> channel.queuePurge(queue).getMessageCount());
    }

    @Override
    public List<Incoming> peek(String queue, int most) {
        return management.peek(queue, most);
    }

    @Override
    public boolean remove(String queue, String id) {
        return management.remove(queue, id);
    }

    @Override
    public List<Delayed> delayed(String exchange) {
        return management.delayed(Delays.waitingAt(exchange));
    }

    @Override
    public boolean cancel(String exchange, Delayed delayed) {
        return management.cancel(Delays.waitingAt(exchange), delayed.id());
    }

    @Override
    public CompletionStage<Void> publish(List<Outgoing> messages) {
        if (messages.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        messages.forEach(delays::check);
        try {
            messages.stream().filter(Outgoing::isDelayed).forEach(this::prepareDelay);
        } catch (EventsException e) {
            return CompletableFuture.failedFuture(e);
        }
        return publishing.publish(messages, delays::addressFor);
    }

    private void prepareDelay(Outgoing message) {
        onChannel(channel -> {
            delays.prepare(channel, message);
            return true;
        });
    }

    @Override
    public Optional<Incoming> get(String queue) {
        Channel channel = connection.channel();
        try {
            var holder = new RemoteConsumer(channel, queue, _ -> {}, () -> {});
            GetResponse response = channel.basicGet(queue, false);
            Optional<Incoming> taken = Optional.ofNullable(response)
                    .map(got -> holder.took(got.getEnvelope(), got.getProps(), got.getBody()));
            holder.takesNoMore();
            return taken;
        } catch (IOException e) {
            throw Failures.of(e, server());
        } catch (ShutdownSignalException e) {
            throw Failures.of(e, server());
        }
    }

    @Override
    public Intake consume(String queue, int prefetch, Consumer<Incoming> sink) {
        return begun(new RemoteIntake(queue, null, prefetch, sink, server(), clock, belongings::forget));
    }

    @Override
    public Intake consume(String stream, Position from, int prefetch, Consumer<Incoming> sink) {
        return begun(new RemoteIntake(stream, from, prefetch, sink, server(), clock, belongings::forget));
    }

    private Intake begun(RemoteIntake intake) {
        Channel channel = connection.channel();
        belongings.intake(intake); // before it begins: from then on the connection may be lost
        try {
            intake.begin(channel);
        } catch (RuntimeException e) {
            intake.stop(); // the next connection may have begun it already
            throw e;
        }
        return intake;
    }

    private interface Question<T> {
        T ask(Channel channel) throws IOException;
    }

    /// Makes something that a connection after this one is to have, too.
    private void making(Belongings.Making making, Runnable remembering) {
        onChannel(channel -> {
            making.on(channel);
            remembering.run();
            return true;
        });
    }

    private <T> T onChannel(Question<T> question) {
        return onChannel(connection.channel(), question);
    }

    private <T> T onChannel(Channel channel, Question<T> question) {
        try {
            return question.ask(channel);
        } catch (IOException e) {
            throw Failures.of(e, server());
        } catch (ShutdownSignalException e) {
            throw Failures.of(e, server());
        } finally {
            end(channel);
        }
    }

    /// Whatever came of it: a connection has room for so many.
    private void end(Channel channel) {
        if (!channel.isOpen()) {
            return; // a failure has ended it
        }
        try {
            channel.close();
        } catch (TimeoutException e) {
            throw new EventsException.Unreachable(server() + " does not answer in time", e);
        } catch (IOException e) {
            throw Failures.of(e, server());
        } catch (ShutdownSignalException e) {
            throw Failures.of(e, server());
        }
    }

    private final class Channels implements Belongings.Channels {
        @Override
        public void on(Connection on, Belongings.Making making) {
            onChannel(open(on), channel -> {
                making.on(channel);
                return true;
            });
        }

        @Override
        public Channel open(Connection on) {
            return connection.channel(on);
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
