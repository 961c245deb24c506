package io.posthorn.console.api;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.Broker;
import io.posthorn.console.Node;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Questions with the answer yes (200) or no (503), for those who watch over the broker.
final class HealthRoutes {
    private static final int NO = 503;

    /// RabbitMQ knows protocols by several names.
    private static final Map<String, String> OTHER_NAMES = Map.of(
            "amqp091", "amqp",
            "amqp0.9.1", "amqp",
            "amqp0-9-1", "amqp",
            "amqp-0-9-1", "amqp",
            "amqps", "amqp/ssl",
            "amqp/tls", "amqp/ssl");

    private final Broker broker;
    private final Observed observed;
    private final Node node;

    private HealthRoutes(Observed observed) {
        this.observed = observed;
        this.broker = observed.broker();
        this.node = observed.node();
    }

    static List<Route> routes(Observed observed) {
        var health = new HealthRoutes(observed);
        return List.of(
                check("alarms", _ -> health.alarms("in the cluster"), "No alarm stops publishers."),
                check("local-alarms", _ -> health.alarms("on the node"), "No alarm of this node stops publishers."),
                check(
                        "certificate-expiration/{within}/{unit}",
                        health::certificates,
                        "No certificate that is served ends within so many days, weeks, months or years."),
                check("port-listener/{port}", health::port, "Something listens on a port."),
                check("protocol-listener/{protocol}", health::protocol, "Something listens for a protocol."),
                check("virtual-hosts", _ -> ok(), "All virtual hosts are served."),
                check("node-is-quorum-critical", _ -> single(), "The node can go without harm to others."),
                check("node-is-mirror-sync-critical", _ -> single(), "The node can go without harm to others."),
                check("ready-to-serve-clients", _ -> health.inService(), "Clients are served."),
                check("is-in-service", _ -> health.inService(), "The node serves."),
                check(
                        "below-node-connection-limit",
                        _ -> health.connectionLimit(),
                        "There is room for more connections."),
                Route.get("/api/healthchecks/node", Access.MONITORING, _ -> health.node())
                        .says("The old name for: the node serves, and no alarm is on."),
                Route.get("/api/healthchecks/node/{name}", Access.MONITORING, health::namedNode)
                        .says("The same of a node by its name."),
                Route.get("/healthz", health.node.probes(), _ -> Answer.text(200, TEXT, "ok\n"))
                        .says("The process is alive."),
                Route.get("/readyz", health.node.probes(), _ -> health.ready())
                        .says("The broker takes connections and messages."));
    }

    private static final String TEXT = "text/plain; charset=utf-8";

    private static Route check(String path, Route.Handler handler, String summary) {
        return Route.get("/api/health/checks/" + path, Access.MANAGEMENT, handler)
                .says(summary);
    }

    private static Answer ok() {
        return Answer.json(Map.of("status", "ok"));
    }

    private static Answer ok(String member, Object value) {
        var members = new LinkedHashMap<String, Object>();
        members.put("status", "ok");
        members.put(member, value);
        return Answer.json(members);
    }

    private static Answer single() {
        return ok("reason", "single node cluster");
    }

    private static Answer failed(String reason, Map<String, ?> more) {
        var members = new LinkedHashMap<String, Object>();
        members.put("status", "failed");
        members.put("reason", reason);
        members.putAll(more);
        return Answer.json(NO, members);
    }

    private Answer alarms(String where) {
        Set<Alarm> on = broker.alarms();
        if (on.isEmpty()) {
            return ok();
        }
        List<Map<String, String>> told = on.stream()
                .sorted()
                .map(alarm ->
                        Map.of("node", node.name(), "resource", alarm.name().toLowerCase(Locale.ROOT)))
                .toList();
        return failed("There are alarms in effect " + where, Map.of("alarms", told));
    }

    private Answer certificates(Request request) {
        Instant until = until(request);
        List<Map<String, String>> expired = node.certificates().get().stream()
                .filter(each -> each.notAfter().isBefore(until))
                .map(each -> Map.of(
                        "node",
                        node.name(),
                        "subject",
                        each.subject(),
                        "certfile_expires_on",
                        each.notAfter().toString()))
                .toList();
        return expired.isEmpty() ? ok() : failed("Certificates expiring", Map.of("expired", expired));
    }

    private Instant until(Request request) {
        int within;
        try {
            within = Integer.parseInt(request.segment("within"));
        } catch (NumberFormatException e) {
            throw HttpFailure.badRequest("Invalid expiration value.");
        }
        var now = observed.clock().instant().atOffset(ZoneOffset.UTC);
        return switch (request.segment("unit")) {
            case "days" -> now.plusDays(within).toInstant();
            case "weeks" -> now.plusWeeks(within).toInstant();
            case "months" -> now.plusMonths(within).toInstant();
            case "years" -> now.plusYears(Math.clamp(within, 0, MOST_YEARS)).toInstant();
            default ->
                throw HttpFailure.badRequest("Time unit not recognised. Supported units: days, weeks, months, years.");
        };
    }

    private static final int MOST_YEARS = 1_000_000;

    private Answer port(Request request) {
        int port;
        try {
            port = Integer.parseInt(request.segment("port"));
        } catch (NumberFormatException e) {
            throw HttpFailure.badRequest("Invalid port");
        }
        List<Integer> open = node.listeners().get().stream()
                .map(each -> each.address().getPort())
                .toList();
        if (open.contains(port)) {
            return ok("port", port);
        }
        var more = new LinkedHashMap<String, Object>();
        more.put("missing", port);
        more.put("ports", open);
        return failed("No active listener", more);
    }

    private Answer protocol(Request request) {
        String asked = request.segment("protocol").toLowerCase(Locale.ROOT);
        String protocol = OTHER_NAMES.getOrDefault(asked, asked);
        List<String> open =
                node.listeners().get().stream().map(Node.Listening::protocol).toList();
        if (open.contains(protocol)) {
            return ok("protocol", protocol);
        }
        var more = new LinkedHashMap<String, Object>();
        more.put("missing", protocol);
        more.put("protocols", open);
        return failed("No active listener", more);
    }

    private Answer inService() {
        return broker.isInService() ? ok() : failed("the node is not in service", Map.of());
    }

    private Answer connectionLimit() {
        int open = broker.status().sessions();
        int most = node.limits().connections();
        var members = new LinkedHashMap<String, Object>();
        members.put("limit", most);
        members.put("connections", open);
        if (open >= most) {
            return failed("node connection limit is reached", members);
        }
        var all = new LinkedHashMap<String, Object>();
        all.put("status", "ok");
        all.putAll(members);
        return Answer.json(all);
    }

    private Answer node() {
        return broker.isInService() ? alarms("on the node") : inService();
    }

    private Answer namedNode(Request request) {
        if (!request.segment("name").equals(node.name())) {
            throw HttpFailure.notFound();
        }
        return node();
    }

    private Answer ready() {
        return broker.isInService()
                ? Answer.text(200, TEXT, "ready\n")
                : Answer.text(NO, TEXT, "not ready: the journal has failed, or the broker is stopping\n");
    }
}
