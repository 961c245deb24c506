package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.BrokerException.LimitReached;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.statistics.ConnectionReport;
import io.posthorn.broker.statistics.Tally;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// How many queues, connections and channels there may be. The texts are those of RabbitMQ 3.10.
class LimitsTest {
    private static final Principal GUEST = new Principal("guest", Set.of("administrator"));

    private final HandExecutor loop = new HandExecutor(true);
    private final BrokerWorld world = new BrokerWorld(new FakeStorage(), BrokerOptions.forHeap(1 << 28), loop);

    @Test
    void aVirtualHostHasAsManyQueuesAsItMay() {
        var client = world.connect();
        client.declare("one");
        world.syncAndRun();
        apply(new AdminChange.SetVirtualHostLimit("/", "max-queues", 1));

        var refused = client.declare("two");
        world.syncAndRun();
        assertThat(refused.failure())
                .isInstanceOf(PreconditionFailed.class)
                .hasMessage("cannot declare queue 'two': queue limit in vhost '/' (1) is reached");
        var existing = client.declare("one");
        world.syncAndRun();
        assertThat(existing.get().name()).isEqualTo("one");

        apply(new AdminChange.SetVirtualHostLimit("/", "max-queues", -1));
        var allowed = client.declare("two", Map.of());
        world.syncAndRun();
        assertThat(allowed.get().name()).isEqualTo("two");
    }

    @Test
    void aVirtualHostHasAsManyConnectionsAsItMay() {
        var first = connect();
        connect();
        apply(new AdminChange.SetVirtualHostLimit("/", "max-connections", 2));
        assertThatThrownBy(this::connect)
                .isInstanceOf(LimitReached.class)
                .hasMessage("access to vhost '/' refused for user 'guest': connection limit (2) is reached");
        // What the broker and its operators ask does not count.
        assertThat(world.connect().session.virtualHost()).isEqualTo("/");

        first.close();
        world.syncAndRun();
        connect();
        assertThatThrownBy(this::connect).isInstanceOf(LimitReached.class);
        apply(new AdminChange.ClearVirtualHostLimit("/", "max-connections"));
        connect();
    }

    @Test
    void aUserHasAsManyConnectionsAsItMay() {
        apply(new AdminChange.SetUserLimit("guest", "max-connections", 1));
        var first = connect();
        assertThatThrownBy(this::connect)
                .isInstanceOf(LimitReached.class)
                .hasMessage("connection refused for user 'guest': user connection limit (1) is reached");
        first.close();
        world.syncAndRun();
        connect();
        apply(new AdminChange.SetUserLimit("guest", "max-connections", 0));
        assertThatThrownBy(this::connect).hasMessageContaining("user connection limit (0) is reached");
    }

    @Test
    void aUserHasAsManyChannelsAsItMayOverAllConnections() {
        var one = connect();
        var other = connect();
        apply(new AdminChange.SetUserLimit("guest", "max-channels", 2));
        one.beginChannel();
        other.beginChannel();
        assertThatThrownBy(one::beginChannel)
                .isInstanceOf(LimitReached.class)
                .hasMessage(
                        "number of channels opened for user 'guest' has reached the maximum allowed user limit of (2)");
        one.endChannel();
        other.beginChannel();
        other.close();
        one.beginChannel();
        one.beginChannel();
        assertThatThrownBy(one::beginChannel).isInstanceOf(LimitReached.class);
    }

    private BrokerSession connect() {
        return world.broker.open(new SessionSpec("test", GUEST, "/", loop), new Peer());
    }

    private void apply(AdminChange change) {
        var answer = new Answer<Done>();
        world.broker.administration().apply(new Actor(GUEST, "test"), List.of(change), answer);
        world.syncAndRun();
        answer.get();
    }

    /// A connection, as lists show it.
    private static final class Peer implements ReportingListener {
        @Override
        public ConnectionReport report() {
            throw new UnsupportedOperationException("nobody asks");
        }

        @Override
        public void addCounts(Tally into) {}

        @Override
        public int openChannels() {
            return 0;
        }

        @Override
        public void alarms(Set<Alarm> on) {}

        @Override
        public void acceptsPublishes(boolean open) {}

        @Override
        public void ended(BrokerException cause) {}
    }
}
