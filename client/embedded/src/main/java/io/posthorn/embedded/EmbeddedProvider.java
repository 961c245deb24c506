package io.posthorn.embedded;

import io.posthorn.events.EventsException;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Provider;
import io.posthorn.server.Server;
import io.posthorn.server.StartFailure;
import io.posthorn.server.Surroundings;
import io.posthorn.server.config.ConfigException;
import io.posthorn.server.config.ServerConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Opens `mem:` and `file:DIRECTORY`: a broker of its own each time, without listeners.
public final class EmbeddedProvider implements Provider {
    private static final String MEMORY = "mem";
    private static final String FILE = "file";

    /// For the service loader.
    public EmbeddedProvider() {}

    @Override
    public List<String> schemes() {
        return List.of(MEMORY, FILE);
    }

    @Override
    public Link open(String uri) {
        boolean isDurable = uri.regionMatches(true, 0, FILE, 0, FILE.length());
        if (!isDurable && uri.length() > MEMORY.length() + 1) {
            throw new EventsException.WrongUri("'" + uri + "' says more than mem: can mean; write mem: or file:./data");
        }
        String directory = isDurable ? directory(uri) : "";
        try {
            Server server = Server.start(config(isDurable, directory), surroundings());
            return new EmbeddedLink(
                    server, isDurable ? "the broker in " + directory : "the broker in memory", server::close);
        } catch (ConfigException unusable) {
            throw new EventsException.WrongUri("'" + uri + "' names no directory: " + unusable.getMessage());
        } catch (StartFailure failure) {
            throw new EventsException.Unreachable(
                    "no broker can be opened in " + directory + ": " + failure.getMessage(), failure);
        }
    }

    /// Nobody but us calls this broker, so that its loop can be everybody's.
    private static Surroundings surroundings() {
        var threads = new SharedThreads();
        return new Surroundings(
                Surroundings.MACHINE.clock(),
                Surroundings.MACHINE.timer(),
                threads::loop,
                threads::flusher,
                Surroundings.MACHINE.others());
    }

    /// `file:data` and `file:./data` are relative to where the process runs, `file:/data` and `file:///data` are
    /// not.
    private static String directory(String uri) {
        try {
            String directory = uri.startsWith(":/", FILE.length())
                    ? Path.of(new URI(uri)).toString()
                    : uri.substring(FILE.length() + 1);
            if (!directory.isEmpty()) {
                return directory;
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new EventsException.WrongUri("'" + uri + "' names no directory: " + e.getMessage());
        }
        throw new EventsException.WrongUri("'" + uri + "' names no directory; write file:./data");
    }

    private static ServerConfig config(boolean isDurable, String directory) {
        Map<String, String> flags = new LinkedHashMap<>();
        flags.put("--amqp", "off");
        flags.put("--kafka", "off");
        flags.put("--http", "off");
        flags.put("--threads-io", "1"); // whoever has work for it does it, so that others would only add ways
        if (isDurable) {
            flags.put("--data", directory);
        } else {
            flags.put("--memory", "true");
        }
        return ServerConfig.read(flags, Map.of(), Optional.empty());
    }
}
