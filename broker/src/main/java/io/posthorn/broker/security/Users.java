package io.posthorn.broker.security;

import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Rights;
import io.posthorn.broker.admin.UserSpec;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// The users and their passwords. Thread-safe.
public final class Users {
    /// The user that there is without anybody's doing; only from loopback, which is the protocols' to check.
    public static final String GUEST = "guest";

    private static final int SALT_BYTES = 16;
    // Everybody knows the password of guest: a slow hash would protect nothing, and cost every connection.
    private static final int ITERATIONS = 1_000;

    private static final Set<String> TAGS = Set.of("administrator");

    private final Supplier<Rights> rights;
    private final RandomGenerator random;
    private final PasswordHash nobody;

    /// @param rights as they are now
    /// @param random for salts
    public Users(Supplier<Rights> rights, RandomGenerator random) {
        this.rights = rights;
        this.random = random;
        this.nobody = PasswordHash.of(salt(random), salt(random), ITERATIONS);
    }

    /// The user that a new broker has: guest, whose password is guest.
    public UserSpec first() {
        var hash = PasswordHash.of(GUEST.getBytes(StandardCharsets.UTF_8), salt(random), ITERATIONS);
        return new UserSpec(GUEST, hash.credential(), TAGS);
    }

    /// Hashes, so it is for threads that may wait. An unknown user takes as long as a wrong password,
    /// so that nobody learns who there is.
    public Optional<Principal> authenticate(String name, byte[] password) {
        var user = rights.get().user(name);
        var credential = user == null ? null : user.credential();
        var known = credential == null ? null : PasswordHash.of(credential);
        boolean matches = (known == null ? nobody : known).matches(password);
        return matches && known != null ? find(name) : Optional.empty();
    }

    /// The user of this name, whose identity was proved elsewhere.
    public Optional<Principal> find(String name) {
        return Optional.ofNullable(rights.get().user(name)).map(user -> new Principal(name, user.tags()));
    }

    private static byte[] salt(RandomGenerator random) {
        var salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return salt;
    }
}
