package io.posthorn.protocol.amqp;

import io.posthorn.broker.Principal;
import io.posthorn.transport.Connection;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.Consumer;

/// Checks passwords off the loop, where hashing may take its time, and brings the result back to it.
final class Logins {
    private static final System.Logger LOG = System.getLogger(Logins.class.getName());
    private static final String GUEST = "guest";

    private final AmqpProtocol protocol;
    private final Connection transport;

    Logins(AmqpProtocol protocol, Connection transport) {
        this.protocol = protocol;
        this.transport = transport;
    }

    /// @param then is called on the connection's loop, with nobody when the login is refused
    void check(Credentials credentials, Consumer<Optional<Principal>> then) {
        // The well-known password of guest must not open a server to the network.
        boolean mayComeFromHere = !credentials.user().equals(GUEST) || transport.isFromLoopback();
        protocol.blocking().execute(() -> {
            Optional<Principal> user = mayComeFromHere ? authenticate(credentials) : Optional.empty();
            transport.loop().execute(() -> then.accept(user));
        });
    }

    private Optional<Principal> authenticate(Credentials credentials) {
        try {
            return switch (credentials) {
                case Credentials.Password(String user, byte[] password) ->
                    protocol.broker().authenticate(user, password);
                case Credentials.Certificate(String user) -> protocol.broker().user(user);
            };
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, transport.name() + ": the login could not be checked", fault);
            return Optional.empty();
        }
    }
}
