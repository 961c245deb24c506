package io.posthorn.remote;

import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A Posthorn server in memory for the tests of one class, or the broker that
/// `-Dposthorn.contract.broker=amqp://…` names.
final class BrokerForContract implements BeforeAllCallback, AfterAllCallback {
    private @Nullable Server server;

    @Override
    public void beforeAll(ExtensionContext context) {
        server = Server.start(ServerConfig.inMemory());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (server != null) {
            server.close();
        }
    }

    String uri() {
        String named = System.getProperty("posthorn.contract.broker");
        if (named != null || server == null) {
            return String.valueOf(named);
        }
        return amqp() + "?management=http://127.0.0.1:"
                + server.httpAddress().orElseThrow().getPort();
    }

    /// Without what AMQP has no words for.
    String amqp() {
        return server == null
                ? uri()
                : "amqp://guest:guest@127.0.0.1:"
                        + server.amqpAddress().orElseThrow().getPort();
    }
}
