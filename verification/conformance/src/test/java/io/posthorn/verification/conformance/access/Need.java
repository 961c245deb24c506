package io.posthorn.verification.conformance.access;

import io.posthorn.broker.security.Permission;
import java.util.Set;

/// What an operation takes of somebody.
sealed interface Need {
    /// A permission for a resource.
    record Right(Permission permission, String resource) implements Need {}

    /// One of the three, whichever.
    record Any(String resource) implements Need {}

    static Need configure(String resource) {
        return new Right(Permission.CONFIGURE, resource);
    }

    static Need write(String resource) {
        return new Right(Permission.WRITE, resource);
    }

    static Need read(String resource) {
        return new Right(Permission.READ, resource);
    }

    static Need any(String resource) {
        return new Any(resource);
    }

    /// Whether somebody with these permissions for what is theirs has it.
    default boolean isMetBy(Set<Permission> permissions) {
        return switch (this) {
            case Right(Permission permission, String resource) ->
                Principals.isTheirs(resource) && permissions.contains(permission);
            case Any(String resource) -> Principals.isTheirs(resource) && !permissions.isEmpty();
        };
    }
}
