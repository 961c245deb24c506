package io.posthorn.remote;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import io.posthorn.events.Position;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.StreamArguments;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Date;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Deliveries of one queue, from one connection after the other. Thread-safe.
@SuppressWarnings("JavaUtilDate") // the client has timestamps as dates
final class RemoteIntake implements Link.Intake {
    private final String queue;
    private final int prefetch;
    private final Consumer<Incoming> sink;
    private final String server;
    private final InstantSource clock;
    private final Consumer<RemoteIntake> whenOver;
    private volatile @Nullable Position from; // null for what is no stream
    private @Nullable RemoteConsumer consumer; // guarded by this object's lock, as the next
    private boolean isStopped;

    /// @param from null where deliveries take out
    /// @param whenOver takes this when no more deliveries come, on whatever connection
    RemoteIntake(
            String queue,
            @Nullable Position from,
            int prefetch,
            Consumer<Incoming> sink,
            String server,
            InstantSource clock,
            Consumer<RemoteIntake> whenOver) {
        this.queue = queue;
        this.from = from;
        this.prefetch = prefetch;
        this.sink = sink;
        this.server = server;
        this.clock = clock;
        this.whenOver = whenOver;
    }

    String queue() {
        return queue;
    }

    /// Has messages delivered on this channel, which is its own then.
    synchronized void begin(Channel channel) {
        var begun = new RemoteConsumer(channel, queue, this::came, () -> whenOver.accept(this));
        if (isStopped) {
            begun.takesNoMore();
            return;
        }
        boolean hasBegun = false;
        try {
            Map<String, Object> arguments = arguments();
            channel.basicQos(prefetch);
            begun.begin(arguments);
            consumer = begun;
            hasBegun = true;
        } catch (IOException e) {
            throw Failures.of(e, server);
        } catch (ShutdownSignalException e) {
            throw Failures.of(e, server);
        } finally {
            if (!hasBegun) {
                begun.takesNoMore();
            }
        }
    }

    private Map<String, Object> arguments() {
        Position position = from;
        if (position instanceof Position.Next) {
            // For the next connection, should nothing come over this one: it leaves out nothing that comes meanwhile.
            from = Position.since(clock.instant());
        }
        return position == null ? Map.of() : StreamArguments.of(position, Date::from);
    }

    /// The next connection goes on behind it.
    private void came(Incoming incoming) {
        String position = incoming.headers().get(Link.POSITION);
        if (from != null && position != null) {
            from = Position.at(Long.parseLong(position) + 1);
        }
        sink.accept(incoming);
    }

    @Override
    public void stop() {
        whenOver.accept(this);
        RemoteConsumer last;
        synchronized (this) {
            isStopped = true;
            last = consumer;
        }
        if (last != null) {
            last.stop();
        }
    }
}
