package io.posthorn.remote;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.events.EventsException;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Provider;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeoutException;

/// Opens `amqp://user:password@host:port/vhost`, and `amqps:` likewise. What AMQP has no words for is asked of the
/// server's management API: where `?management=http://host:port` says, or at the usual ports 5672 and 15672.
public final class RemoteProvider implements Provider {
    private static final int CONNECT_MILLIS = 10_000;

    private final InstantSource clock;

    /// For the service loader: by the machine's time.
    public RemoteProvider() {
        this(InstantSource.system());
    }

    /// For servers that go by another time.
    ///
    /// @param clock the time that the servers go by
    public RemoteProvider(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public List<String> schemes() {
        return List.of("amqp", "amqps");
    }

    @Override
    public Link open(String uri) {
        RemoteUri remote = RemoteUri.of(uri);
        ConnectionFactory factory = factory(remote.amqp());
        String place = factory.getHost() + ":" + factory.getPort();
        try {
            LastingConnection.Opening opening = () -> factory.newConnection("posthorn-events");
            Connection connection = opening.open();
            var server = new RemoteServer(connection.getServerProperties(), place);
            return new RemoteLink(connection, opening, server, Management.of(remote, factory, server.name()), clock);
        } catch (AuthenticationFailureException refused) {
            throw new EventsException.Unreachable(
                    place + " refuses the user '" + factory.getUsername() + "': wrong name or password", refused);
        } catch (IOException | TimeoutException e) {
            throw new EventsException.Unreachable(
                    "no broker answers at " + place + ": " + e.getMessage()
                            + ". Is it running, and is this its AMQP port?",
                    e);
        }
    }

    private static ConnectionFactory factory(String uri) {
        var factory = new ConnectionFactory();
        try {
            checkHost(new URI(uri));
            factory.setUri(uri);
            if (uri.startsWith("amqps")) {
                // The client's own default trusts everybody.
                factory.useSslProtocol(javax.net.ssl.SSLContext.getDefault());
                factory.enableHostnameVerification();
            }
        } catch (URISyntaxException | GeneralSecurityException | IllegalArgumentException e) {
            // The URI has a password in it, and is not shown.
            throw new EventsException.WrongUri(
                    "this is no AMQP URI; write amqp://user:password@host:port/vhost (" + reason(e) + ")");
        }
        factory.setConnectionTimeout(CONNECT_MILLIS);
        factory.setAutomaticRecoveryEnabled(false); // see LastingConnection
        return factory;
    }

    /// The client takes whatever has no host for this machine.
    private static void checkHost(URI uri) throws URISyntaxException {
        if (uri.isOpaque() || (uri.getRawAuthority() != null && uri.getHost() == null)) {
            throw new URISyntaxException("", "what is between // and / is no host with a port");
        }
    }

    private static String reason(Exception e) {
        return e instanceof URISyntaxException syntax
                ? syntax.getReason()
                : e.getClass().getSimpleName();
    }
}
