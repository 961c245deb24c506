package io.posthorn.broker.security;

import io.posthorn.broker.Principal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// The users and their passwords. Thread-safe.
public final class Users {
    /// The user that there is without anybody's doing; only from loopback, which is the protocols' to check.
    public static final String GUEST = "guest";

    private static final int SALT_BYTES = 16;
    // Everybody knows the password of guest: a slow hash would protect nothing, and cost every connection.
    private static final int ITERATIONS = 1_000;

    private static final Set<String> TAGS = Set.of("administrator");

    private final Map<String, PasswordHash> passwords;
    private final PasswordHash nobody;

    private Users(Map<String, PasswordHash> passwords, PasswordHash nobody) {
        this.passwords = passwords;
        this.nobody = nobody;
    }

    /// @param random for salts
    public static Users builtIn(RandomGenerator random) {
        var guest = PasswordHash.of(GUEST.getBytes(StandardCharsets.UTF_8), salt(random), ITERATIONS);
        return new Users(Map.of(GUEST, guest), PasswordHash.of(salt(random), salt(random), ITERATIONS));
    }

    /// Hashes, so it is for threads that may wait. An unknown user takes as long as a wrong password,
    /// so that nobody learns who there is.
    public Optional<Principal> authenticate(String user, byte[] password) {
        var known = passwords.get(user);
        boolean matches = (known == null ? nobody : known).matches(password);
        return matches && known != null ? Optional.of(new Principal(user, TAGS)) : Optional.empty();
    }

    /// The user of this name, whose identity was proved elsewhere.
    public Optional<Principal> find(String user) {
        return passwords.containsKey(user) ? Optional.of(new Principal(user, TAGS)) : Optional.empty();
    }

    private static byte[] salt(RandomGenerator random) {
        var salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return salt;
    }
}
