package io.posthorn.embedded;

import io.posthorn.events.DelayContract;
import io.posthorn.events.spi.Link;
import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/// The contract on a server in this process.
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class RunningServerDelayTest extends DelayContract {
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
    protected Link link() {
        return new RunningServer(server).open("");
    }
}
