package io.posthorn.remote;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.Capability;
import io.posthorn.events.EventsException;
import io.posthorn.events.Posthorn;
import io.posthorn.events.QueueContract;
import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The contract on a Posthorn server, or on the one that `-Dposthorn.contract.broker=amqp://…` names.
class ServerQueueTest extends QueueContract {
    private static Server server;

    @BeforeAll
    static void start() {
        server = Server.start(ServerConfig.inMemory());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected String uri() {
        return System.getProperty(
                "posthorn.contract.broker",
                "amqp://guest:guest@127.0.0.1:"
                        + server.amqpAddress().orElseThrow().getPort());
    }

    @Test
    void whatThisServerCannotDoIsSaidByName() {
        try (var posthorn = Posthorn.open(uri())) {
            assertThatThrownBy(() -> posthorn.queue("looked-at", String.class).peek(1))
                    .isInstanceOf(EventsException.Unsupported.class)
                    .hasMessageContaining(Capability.PEEK.words())
                    .hasMessageContaining("127.0.0.1");
        }
    }

    @Test
    void nobodyThereIsUnreachable() {
        assertThatThrownBy(() -> Posthorn.open("amqp://127.0.0.1:1"))
                .isInstanceOf(EventsException.Unreachable.class)
                .hasMessageContaining("127.0.0.1:1");
    }

    @Test
    void aWrongPasswordIsNotShown() {
        String uri = uri().replace("guest:guest", "guest:secret");

        assertThatThrownBy(() -> Posthorn.open(uri))
                .isInstanceOf(EventsException.Unreachable.class)
                .hasMessageContaining("guest")
                .hasMessageNotContaining("secret");
    }
}
