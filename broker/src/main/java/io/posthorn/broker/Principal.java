package io.posthorn.broker;

import java.util.Set;

/// Who acts: an authenticated user.
///
/// @param tags what the user is, beside permissions: `administrator`, `impersonator`
public record Principal(String user, Set<String> tags) {
    private static final String IMPERSONATOR = "impersonator";

    public Principal {
        tags = Set.copyOf(tags);
    }

    public Principal(String user) {
        this(user, Set.of());
    }

    /// Whether messages of this user may say that they are another's.
    public boolean mayImpersonate() {
        return tags.contains(IMPERSONATOR);
    }
}
