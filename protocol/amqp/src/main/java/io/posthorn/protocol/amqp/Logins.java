package io.posthorn.protocol.amqp;

import io.posthorn.broker.Login;
import io.posthorn.broker.Principal;
import io.posthorn.log.Bytes;
import io.posthorn.transport.Connection;
import java.util.Optional;
import java.util.function.Consumer;

/// Asks the broker who a peer is, and brings the answer back to the connection's loop.
final class Logins {
    private final AmqpProtocol protocol;
    private final Connection transport;

    Logins(AmqpProtocol protocol, Connection transport) {
        this.protocol = protocol;
        this.transport = transport;
    }

    /// @param mechanism by which the credentials came
    /// @param then is called on the connection's loop later, with nobody when the login is refused
    void check(Credentials credentials, String mechanism, Consumer<Optional<Principal>> then) {
        var proof = switch (credentials) {
            case Credentials.Password(String _, byte[] password) -> new Login.Proof.Password(new Bytes(password));
            case Credentials.Certificate _ -> new Login.Proof.Checked();
        };
        var peer = new Login.Peer(transport.peerAddress(), transport.isFromLoopback(), transport.name());
        var login = new Login(credentials.user(), proof, peer, "amqp " + mechanism);
        protocol.broker().logIn(login, user -> transport.loop().execute(() -> then.accept(user)));
    }
}
