package io.posthorn.console.api;

import io.posthorn.broker.Principal;
import io.posthorn.broker.topology.Topology;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;

/// What a caller may see: one who monitors sees all, others what is theirs and the virtual hosts they have rights in.
record Sight(Principal caller, Topology topology) {
    static Sight of(Request request, Topology topology) {
        return new Sight(request.caller().principal(), topology);
    }

    boolean isMonitor() {
        return Access.MONITORING.allows(caller);
    }

    boolean sees(String virtualHost) {
        return isMonitor() || topology.permissions(caller.user(), virtualHost) != null;
    }

    /// @throws HttpFailure when there is no such virtual host, or the caller has no business in it
    void checkSees(String virtualHost) {
        if (!topology.hasVirtualHost(virtualHost)) {
            throw HttpFailure.notFound();
        }
        if (!sees(virtualHost)) {
            throw HttpFailure.notAuthorised("User not authorised to access virtual host");
        }
    }

    /// @throws HttpFailure when it is another's, and the caller does not monitor
    void checkOwns(String user) {
        if (!isMonitor() && !user.equals(caller.user())) {
            throw HttpFailure.notAuthorised("User not authorised to access object");
        }
    }

    /// @throws HttpFailure when it is another's, and the caller does not administer
    void checkMayEnd(String user) {
        if (!Access.ADMINISTRATOR.allows(caller) && !user.equals(caller.user())) {
            throw HttpFailure.notAuthorised("User not authorised to access object");
        }
    }
}
