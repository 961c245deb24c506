package io.posthorn.console.http;

import io.posthorn.broker.Principal;
import java.util.Set;

/// What a caller has to be for a route, by the tags of their user. What may be done to which resource is not decided
/// here: that is the broker's.
public enum Access {
    /// Anybody, without a login.
    OPEN(""),
    /// Anybody on this machine; from elsewhere, one who monitors.
    NEARBY("Not monitor user"),
    /// Anybody who may use the API at all.
    MANAGEMENT("Not management user"),
    POLICYMAKER("User not authorised to access object"),
    MONITORING("Not monitor user"),
    ADMINISTRATOR("Not administrator user");

    private final String refusal;

    Access(String refusal) {
        this.refusal = refusal;
    }

    public boolean allows(Principal caller) {
        return this == OPEN || caller.tags().stream().anyMatch(tags()::contains);
    }

    /// Any one of them will do.
    private Set<String> tags() {
        return switch (this) {
            case OPEN -> Set.of();
            case MANAGEMENT -> Set.of("management", "policymaker", "monitoring", "administrator");
            case POLICYMAKER -> Set.of("policymaker", "administrator");
            case NEARBY, MONITORING -> Set.of("monitoring", "administrator");
            case ADMINISTRATOR -> Set.of("administrator");
        };
    }

    /// @throws HttpFailure with RabbitMQ's words for a caller who is less
    void check(Principal caller) {
        if (!MANAGEMENT.allows(caller)) {
            throw HttpFailure.notAuthorised(MANAGEMENT.refusal);
        }
        if (!allows(caller)) {
            throw HttpFailure.notAuthorised(refusal);
        }
    }
}
