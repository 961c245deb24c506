package io.posthorn.protocol.kafka.security;

import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.security.Passwords;
import io.posthorn.broker.security.ScramMechanism;
import io.posthorn.broker.security.ScramVerifier;
import io.posthorn.broker.security.Secrets;
import io.posthorn.broker.topology.Topology;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.sasl.SaslException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.ScramCredentialCallback;
import org.apache.kafka.common.security.scram.internals.ScramSaslServer;
import org.jspecify.annotations.Nullable;

/// The server's side of one SCRAM login (RFC 5802), as Kafka's own class speaks it. Confined to one thread.
public final class ScramDialogue {
    private static final int SALT_BYTES = 16;

    private final ScramMechanism mechanism;
    private final Topology users;
    private final byte[] secret;
    private final ScramSaslServer server;
    private String user = "";

    /// @param secret of this process: who does not exist has salt that stays the same, as everybody has
    public ScramDialogue(ScramMechanism mechanism, Topology users, byte[] secret) {
        this.mechanism = mechanism;
        this.users = users;
        this.secret = secret.clone();
        try {
            this.server = new ScramSaslServer(
                    org.apache.kafka.common.security.scram.internals.ScramMechanism.forMechanismName(
                            mechanism.mechanism()),
                    Map.of(),
                    this::answer);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// The next challenge, or the last word; empty when the client has not proved who it is.
    public Optional<byte[]> respond(byte[] token) {
        try {
            return Optional.of(server.evaluateResponse(token));
        } catch (SaslException | AuthenticationException refused) {
            return Optional.empty();
        }
    }

    /// Whether the client has proved who it is.
    public boolean isComplete() {
        return server.isComplete();
    }

    /// Who it says it is; nothing before it has.
    public String user() {
        return user;
    }

    private void answer(Callback[] questions) throws UnsupportedCallbackException {
        for (Callback question : questions) {
            switch (question) {
                case NameCallback name -> user = String.valueOf(name.getDefaultName());
                case ScramCredentialCallback credential -> credential.scramCredential(credential());
                // Delegation tokens are not served.
                default -> throw new UnsupportedCallbackException(question);
            }
        }
    }

    private ScramCredential credential() {
        return verifier(users.user(user))
                .map(known -> new ScramCredential(
                        known.salt().toByteArray(),
                        known.storedKey().toByteArray(),
                        known.serverKey().toByteArray(),
                        known.iterations()))
                .orElseGet(this::nobodys);
    }

    private Optional<ScramVerifier> verifier(@Nullable UserSpec known) {
        return known == null || known.credential() == null
                ? Optional.empty()
                : Passwords.verifiers(known.credential()).stream()
                        .filter(verifier -> verifier.mechanism() == mechanism)
                        .findFirst();
    }

    /// Nothing hashes to these keys.
    private ScramCredential nobodys() {
        byte[] salt = Arrays.copyOf(Secrets.sign(secret, "salt of " + user), SALT_BYTES);
        byte[] key = Secrets.sign(secret, "key of " + user);
        return new ScramCredential(salt, key, key, mechanism.iterations());
    }
}
