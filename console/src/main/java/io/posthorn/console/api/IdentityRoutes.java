package io.posthorn.console.api;

import io.posthorn.broker.Principal;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Who the caller is, and how one logs in.
final class IdentityRoutes {
    private IdentityRoutes() {}

    static List<Route> routes() {
        return List.of(
                Route.get("/api/whoami", Access.MANAGEMENT, IdentityRoutes::whoAmI)
                        .says("The user that asks."),
                Route.get("/api/auth", Access.OPEN, _ -> Answer.json(Map.of("oauth_enabled", false)))
                        .says("How one logs in: with user and password only."));
    }

    private static Answer whoAmI(Request request) {
        Principal user = request.caller().principal();
        return Answer.json(Map.of("name", user.user(), "tags", List.copyOf(new TreeSet<>(user.tags()))));
    }
}
