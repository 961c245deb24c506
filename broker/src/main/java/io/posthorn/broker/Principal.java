package io.posthorn.broker;

import java.util.Set;

/// Who acts: an authenticated user, or the owner of the broker's process.
///
/// @param tags what the user is, beside permissions: `administrator`, `impersonator`
/// @param isOwner may do everything, everywhere, and is no user: whoever can stop the process needs no rights in it
public record Principal(String user, Set<String> tags, boolean isOwner) {
    /// Whoever runs the broker in this process, or owns the process.
    public static final Principal OWNER =
            new Principal("the owner of the process", Set.of("administrator", "impersonator"), true);

    private static final String IMPERSONATOR = "impersonator";

    public Principal {
        tags = Set.copyOf(tags);
    }

    public Principal(String user, Set<String> tags) {
        this(user, tags, false);
    }

    public Principal(String user) {
        this(user, Set.of());
    }

    /// Whether messages of this user may say that they are another's.
    public boolean mayImpersonate() {
        return tags.contains(IMPERSONATOR);
    }
}
