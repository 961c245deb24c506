package io.posthorn.console.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.posthorn.transport.Connection;
import io.posthorn.transport.IoLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Metrics and probes ask nobody on this machine for a password, and everybody elsewhere.
class NearbyTest {
    private static final RequestHead METRICS =
            new RequestHead("GET", "/metrics", "", EmptyHttpHeaders.INSTANCE, false, false, false, 0);

    private static void ask(Access access, String from) throws Exception {
        var routes = new RouteTable(List.of(Route.get("/metrics", access, _ -> Answer.noContent())));
        var protocol = new HttpProtocol(
                () -> routes,
                (_, _) -> {
                    throw HttpFailure.loginWanted();
                },
                HttpSettings.DEFAULTS,
                Runnable::run);
        SocketAddress peer = new InetSocketAddress(InetAddress.getByName(from), 40_000);
        var channel = new EmbeddedChannel() {
            @Override
            protected SocketAddress remoteAddress0() {
                return peer;
            }
        };
        protocol.admit(METRICS, Connection.over(channel, new Caller()));
    }

    private static final class Caller implements IoLoop {
        @Override
        public String name() {
            return "test";
        }

        @Override
        public boolean isCurrentThread() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }

    @Test
    void whoIsOnThisMachineIsLetIn() throws Exception {
        ask(Access.NEARBY, "127.0.0.1");
        ask(Access.NEARBY, "::1");
        ask(Access.OPEN, "192.0.2.1");
    }

    @Test
    void whoIsElsewhereHasToLogIn() {
        assertThatThrownBy(() -> ask(Access.NEARBY, "192.0.2.1"))
                .isInstanceOfSatisfying(
                        HttpFailure.class,
                        refused -> assertThat(refused.answer().status()).isEqualTo(401));
    }
}
