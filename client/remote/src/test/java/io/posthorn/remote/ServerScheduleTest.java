package io.posthorn.remote;

import io.posthorn.events.ScheduleContract;
import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// The contract on a Posthorn server, or on the one that `-Dposthorn.contract.broker=amqp://…` names.
class ServerScheduleTest extends ScheduleContract {
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
}
