package io.posthorn.console.api;

import io.posthorn.broker.AuditLog;
import io.posthorn.broker.Broker;
import io.posthorn.broker.statistics.LoginCounts;
import io.posthorn.broker.statistics.LoginCounts.Attempts;
import io.posthorn.console.Node;
import io.posthorn.console.ProtocolNames;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How often it was tried to log in.
///
/// RabbitMQ keeps sources only where that is switched on, as they might be any number; here the last thousand are.
final class LoginAttemptRoutes {
    private final Broker broker;
    private final LoginCounts logins;
    private final Node node;

    LoginAttemptRoutes(Broker broker, Node node) {
        this.broker = broker;
        this.logins = broker.statistics().logins();
        this.node = node;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/auth/attempts/{node}", Access.MONITORING, this::byProtocol)
                        .says("How often it was tried to log in, by protocol."),
                Route.get("/api/auth/attempts/{node}/source", Access.MONITORING, this::bySource)
                        .says("The same by who came from where: the last thousand of them."),
                Route.delete("/api/auth/attempts/{node}", Access.MONITORING, this::reset)
                        .says("Counts from zero."),
                Route.delete("/api/auth/attempts/{node}/source", Access.MONITORING, this::reset)
                        .says("Counts from zero."));
    }

    private Answer byProtocol(Request request) {
        check(request);
        var all = new ArrayList<Map<String, Object>>();
        logins.byProtocol().forEach((protocol, attempts) -> {
            var members = new LinkedHashMap<String, Object>();
            members.put("protocol", ProtocolNames.ofRabbitMq(protocol));
            put(attempts, members);
            all.add(members);
        });
        return Answer.json(all);
    }

    private Answer bySource(Request request) {
        check(request);
        var all = new ArrayList<Map<String, Object>>();
        for (LoginCounts.OfSource each : logins.bySource()) {
            var members = new LinkedHashMap<String, Object>();
            members.put("remote_address", each.source().address());
            members.put("username", each.source().user());
            members.put("protocol", ProtocolNames.ofRabbitMq(each.source().protocol()));
            put(each.attempts(), members);
            all.add(members);
        }
        return Answer.json(all);
    }

    private static void put(Attempts attempts, Map<String, Object> members) {
        members.put("auth_attempts", attempts.all());
        members.put("auth_attempts_failed", attempts.failed());
        members.put("auth_attempts_succeeded", attempts.succeeded());
    }

    private Answer reset(Request request) {
        check(request);
        logins.reset();
        broker.administration().note(request.caller(), "count logins from zero", AuditLog.Entry.OK);
        return Answer.noContent();
    }

    private void check(Request request) {
        if (!request.segment("node").equals(node.name())) {
            throw HttpFailure.notFound();
        }
    }
}
