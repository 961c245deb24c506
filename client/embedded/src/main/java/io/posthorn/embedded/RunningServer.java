package io.posthorn.embedded;

import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Provider;
import io.posthorn.server.Server;
import java.util.List;

/// Opens a server that runs in this process already, past its listeners; whatever the URI says. Closing
/// what was opened leaves the server running.
///
/// ```java
/// Server server = Server.start(ServerConfig.inDirectory(Path.of("data")));
/// Posthorn posthorn = Posthorn.builder("mem:").provider(new RunningServer(server)).open();
/// ```
public record RunningServer(Server server) implements Provider {
    @Override
    public List<String> schemes() {
        return List.of();
    }

    @Override
    public Link open(String uri) {
        return new EmbeddedLink(server, "the broker in this process", () -> {});
    }
}
