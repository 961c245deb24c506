package io.posthorn.console.http;

import io.posthorn.broker.Broker;
import io.posthorn.broker.Login;
import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Actor;
import io.posthorn.log.Bytes;
import io.posthorn.transport.Connection;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The login of RFC 7617: user and password with every request.
public record BasicLogin(Broker broker) implements CallerCheck {
    private static final String SCHEME = "basic ";

    @Override
    public Actor check(@Nullable String authorization, Connection connection) {
        if (authorization == null) {
            throw HttpFailure.loginWanted();
        }
        if (!authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw HttpFailure.loginFailed("Login failed");
        }
        byte[] credentials = decode(authorization.substring(SCHEME.length()).trim());
        int colon = colon(credentials);
        String user = new String(credentials, 0, colon, StandardCharsets.UTF_8);
        byte[] password = Arrays.copyOfRange(credentials, colon + 1, credentials.length);
        var peer = new Login.Peer(connection.peerAddress(), connection.isFromLoopback(), connection.name());
        var login = new Login(user, new Login.Proof.Password(new Bytes(password)), peer, "http");
        Optional<Principal> known = broker.logIn(login);
        return new Actor(known.orElseThrow(() -> refused(login)), connection.name());
    }

    @Override
    public void refused(Actor caller, String what, String why) {
        broker.administration().noteRefused(caller, what, why);
    }

    private static HttpFailure refused(Login login) {
        return HttpFailure.loginFailed(
                login.isGuestFromElsewhere() ? "User can only log in via localhost" : "Login failed");
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw HttpFailure.of(Answer.empty(400));
        }
    }

    private static int colon(byte[] credentials) {
        for (int i = 0; i < credentials.length; i++) {
            if (credentials[i] == ':') {
                return i;
            }
        }
        throw HttpFailure.of(Answer.empty(400));
    }
}
