package io.posthorn.protocol.kafka;

import io.posthorn.broker.Principal;
import io.posthorn.broker.security.ScramMechanism;
import io.posthorn.broker.topology.Topology;
import io.posthorn.log.Bytes;
import io.posthorn.protocol.kafka.security.ScramDialogue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// One attempt of a client to say who it is, by SASL. Confined to the thread of its connection.
final class SaslLogin {
    static final List<String> MECHANISMS = List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");

    private final LogIn logIn;
    private final String mechanism;
    private final Optional<ScramDialogue> scram;

    /// What comes of a token of the client's.
    sealed interface Step {
        /// It has to answer to this.
        record Challenge(Bytes token) implements Step {}

        /// It is this user.
        record Accepted(Principal user, Bytes token) implements Step {}

        record Refused(String reason) implements Step {}
    }

    /// @param mechanism one of [#MECHANISMS]
    SaslLogin(LogIn logIn, String mechanism, Supplier<Topology> users, byte[] secret) {
        this.logIn = logIn;
        this.mechanism = mechanism;
        this.scram = Arrays.stream(ScramMechanism.values())
                .filter(each -> each.mechanism().equals(mechanism))
                .findFirst()
                .map(each -> new ScramDialogue(each, users.get(), secret));
    }

    String mechanism() {
        return mechanism;
    }

    /// @param then is called on the connection's loop, perhaps before this returns
    void respond(byte[] token, Consumer<Step> then) {
        if (scram.isPresent()) {
            respond(scram.get(), token, then);
        } else {
            plain(token, then);
        }
    }

    private void respond(ScramDialogue dialogue, byte[] token, Consumer<Step> then) {
        Optional<byte[]> answer = dialogue.respond(token);
        if (answer.isPresent() && !dialogue.isComplete()) {
            then.accept(new Step.Challenge(new Bytes(answer.get())));
            return;
        }
        logIn.answered(
                dialogue.user(),
                answer.isPresent(),
                "kafka " + mechanism,
                user -> then.accept(step(user, answer.map(Bytes::new).orElse(Bytes.EMPTY))));
    }

    /// `[authorization identity] NUL user NUL password` (RFC 4616).
    private void plain(byte[] token, Consumer<Step> then) {
        int first = indexOfNul(token, 0);
        int second = first < 0 ? -1 : indexOfNul(token, first + 1);
        if (second < 0 || indexOfNul(token, second + 1) >= 0) {
            then.accept(new Step.Refused("Invalid SASL/PLAIN response: expected 3 tokens"));
            return;
        }
        String identity = new String(token, 0, first, StandardCharsets.UTF_8);
        String user = new String(token, first + 1, second - first - 1, StandardCharsets.UTF_8);
        if (!identity.isEmpty() && !identity.equals(user)) {
            then.accept(new Step.Refused(
                    "Authentication failed: Client requested an authorization id that is different from username"));
            return;
        }
        byte[] password = Arrays.copyOfRange(token, second + 1, token.length);
        logIn.withPassword(user, password, "kafka PLAIN", who -> then.accept(step(who, Bytes.EMPTY)));
    }

    private static int indexOfNul(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                return i;
            }
        }
        return -1;
    }

    private Step step(Optional<Principal> user, Bytes lastWord) {
        return user.<Step>map(who -> new Step.Accepted(who, lastWord))
                .orElseGet(() -> new Step.Refused(
                        mechanism.equals("PLAIN")
                                ? "Authentication failed: Invalid username or password"
                                : "Authentication failed during authentication due to invalid credentials with SASL"
                                        + " mechanism "
                                        + mechanism));
    }
}
