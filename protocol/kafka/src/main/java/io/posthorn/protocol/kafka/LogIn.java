package io.posthorn.protocol.kafka;

import io.posthorn.broker.Broker;
import io.posthorn.broker.Login;
import io.posthorn.broker.Principal;
import io.posthorn.log.Bytes;
import io.posthorn.transport.Connection;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Consumer;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/// Asks the broker who a peer is, and brings the answer back to the connection's loop.
final class LogIn {
    private final Broker broker;
    private final Connection transport;

    LogIn(Broker broker, Connection transport) {
        this.broker = broker;
        this.transport = transport;
    }

    /// Who shows a certificate is whom it names. Who shows nothing is guest: that holds as long as guest
    /// has the password that everybody knows, and from this machine only.
    ///
    /// @param then is called on the connection's loop later, with nobody when the login is refused
    void withoutCredentials(Consumer<Optional<Principal>> then) {
        Optional<String> certified = transport.peerCertificate().flatMap(LogIn::commonName);
        if (certified.isPresent()) {
            check(certified.get(), new Login.Proof.Checked(), "kafka certificate", then);
        } else {
            withPassword(Login.GUEST, Login.GUEST.getBytes(StandardCharsets.UTF_8), "kafka", then);
        }
    }

    /// @param door for the audit log: `kafka PLAIN`
    /// @param then is called on the connection's loop later, with nobody when the login is refused
    void withPassword(String user, byte[] password, String door, Consumer<Optional<Principal>> then) {
        check(user, new Login.Proof.Password(new Bytes(password)), door, then);
    }

    /// The answer to a challenge was checked here.
    ///
    /// @param door for the audit log: `kafka SCRAM-SHA-256`
    /// @param then is called on the connection's loop later, with nobody when the login is refused
    void answered(String user, boolean isRight, String door, Consumer<Optional<Principal>> then) {
        check(user, new Login.Proof.Answered(isRight), door, then);
    }

    private void check(String user, Login.Proof proof, String door, Consumer<Optional<Principal>> then) {
        var peer = new Login.Peer(transport.peerAddress(), transport.isFromLoopback(), transport.name());
        broker.logIn(
                new Login(user, proof, peer, door),
                principal -> transport.loop().execute(() -> then.accept(principal)));
    }

    /// The common name of a certificate's subject (RFC 4519, §2.3).
    private static Optional<String> commonName(X509Certificate certificate) {
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return Optional.of(part.getValue().toString());
                }
            }
        } catch (InvalidNameException _) {
            // A subject that is no name names nobody.
        }
        return Optional.empty();
    }
}
