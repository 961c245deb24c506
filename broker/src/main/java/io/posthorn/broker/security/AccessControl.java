package io.posthorn.broker.security;

import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;

/// The one door that every use of a resource goes through. Thread-safe.
public final class AccessControl {
    /// @param resource for the text of a refusal: `queue 'q' in vhost '/'`
    /// @throws AccessRefused when the user has not got this permission
    public void check(Principal user, Permission permission, String virtualHost, String resource) {
        // Whoever has authenticated may do everything: there are no rules yet that could say otherwise.
    }

    /// @throws AccessRefused when the user may not make this change
    public void checkAdministration(Actor actor, AdminChange change) {
        // Whoever has authenticated may do everything: there are no rules yet that could say otherwise.
    }
}
