package io.posthorn.console.api;

import io.posthorn.broker.Principal;
import io.posthorn.broker.topology.Topology;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;

/// What a caller may see, as RabbitMQ 3.10 shows it: administrators see all. One who monitors sees who is connected and
/// what there is in numbers, and that a virtual host is there; what is in it sees who has rights in it.
record Sight(Principal caller, Topology topology) {
    static Sight of(Request request, Topology topology) {
        return new Sight(request.caller().principal(), topology);
    }

    boolean isMonitor() {
        return Access.MONITORING.allows(caller);
    }

    /// What is in it.
    boolean sees(String virtualHost) {
        return Access.ADMINISTRATOR.allows(caller) || topology.permissions(caller.user(), virtualHost) != null;
    }

    /// That it is there, and how much may be in it.
    boolean knows(String virtualHost) {
        return isMonitor() || sees(virtualHost);
    }

    /// @throws HttpFailure when there is no such virtual host, or the caller has no business in it
    void checkSees(String virtualHost) {
        check(virtualHost, sees(virtualHost));
    }

    /// @throws HttpFailure when there is no such virtual host, or it is none of the caller's business
    void checkKnows(String virtualHost) {
        check(virtualHost, knows(virtualHost));
    }

    private void check(String virtualHost, boolean may) {
        if (!topology.hasVirtualHost(virtualHost)) {
            throw HttpFailure.notFound();
        }
        if (!may) {
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
