package io.posthorn.server.control;

import io.posthorn.broker.Alarm;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Members;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What the owner of the process may ask for, and nobody over the network: the broker stopped and started, alarms by
/// hand, marks for a test.
final class OperatorRoutes {
    private static final int UNAVAILABLE = 503;

    private final Operator operator;

    private OperatorRoutes(Operator operator) {
        this.operator = operator;
    }

    static List<Route> of(Operator operator) {
        var routes = new OperatorRoutes(operator);
        return List.of(
                Route.get("/v1/broker", Access.ADMINISTRATOR, _ -> routes.state())
                        .says("Whether the broker runs."),
                Route.post("/v1/broker/stop", Access.ADMINISTRATOR, routes::stop)
                        .says("Closes the listeners and the broker; the process stays."),
                Route.post("/v1/broker/start", Access.ADMINISTRATOR, routes::start)
                        .says("Opens what was stopped."),
                Route.put("/v1/broker/alarms/{name}", Access.ADMINISTRATOR, request -> routes.alarm(request, true))
                        .says("Raises an alarm, memory or disk, until it is taken back."),
                Route.delete("/v1/broker/alarms/{name}", Access.ADMINISTRATOR, request -> routes.alarm(request, false))
                        .says("Takes an alarm back that was raised by hand."),
                Route.put("/v1/broker/memory-limit", Access.ADMINISTRATOR, routes::limitMemory)
                        .says("Where publishers are stopped.")
                        .body("bytes", "integer", "of messages and connections")
                        .body("fraction", "number", "of the most that they may hold"),
                Route.put("/v1/broker/settings/channel_max", Access.ADMINISTRATOR, routes::limitChannels)
                        .says("How many channels a connection may open, for those to come.")
                        .body("value", "integer", "0 for as many as there are numbers"),
                Route.post("/v1/logins", Access.ADMINISTRATOR, routes::login)
                        .says("Whether a user has this password.")
                        .body("name", "string", "the user's")
                        .body("password", "string", "as it would be typed"));
    }

    /// The same paths, for a broker that is stopped.
    static Route whenStopped(Route route) {
        return new Route(
                route.verb(),
                route.path(),
                route.access(),
                _ -> {
                    throw notRunning();
                },
                route.summary(),
                route.parameters());
    }

    private static HttpFailure notRunning() {
        return HttpFailure.of(UNAVAILABLE, "unavailable", "the broker is stopped");
    }

    private Answer state() {
        return Answer.json(Map.of("state", operator.isRunning() ? "running" : "stopped"));
    }

    private Answer stop(Request request) {
        try {
            operator.note(request.caller(), "stop the broker");
            operator.stop();
            return Answer.noContent();
        } catch (IllegalStateException e) {
            throw failed(e);
        }
    }

    private Answer start(Request request) {
        try {
            operator.start();
            operator.note(request.caller(), "start the broker");
            return Answer.noContent();
        } catch (IllegalStateException e) {
            throw failed(e);
        }
    }

    private static HttpFailure failed(IllegalStateException e) {
        return HttpFailure.of(500, "failed", String.valueOf(e.getMessage()));
    }

    private interface Work {
        void run() throws Operator.NotRunning;
    }

    private Answer done(Request request, String what, Work work) {
        Answer done = done(work);
        operator.note(request.caller(), what);
        return done;
    }

    private static Answer done(Work work) {
        try {
            work.run();
            return Answer.noContent();
        } catch (Operator.NotRunning e) {
            throw notRunning();
        }
    }

    private Answer alarm(Request request, boolean on) {
        String name = request.segment("name");
        Alarm alarm = Arrays.stream(Alarm.values())
                .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> HttpFailure.notFound("there is no alarm of that name"));
        return done(request, (on ? "raise" : "take back") + " the alarm " + name, () -> operator.forceAlarm(alarm, on));
    }

    private Answer limitMemory(Request request) {
        var members = new Members(request.json());
        return done(request, "set where publishers are stopped", () -> {
            JsonNode fraction = members.find("fraction").orElse(null);
            if (fraction == null) {
                operator.stopPublishersAt(members.requireNumber("bytes"));
            } else {
                double part = fraction.asDouble(-1);
                if (!(part >= 0 && part <= 1)) {
                    throw HttpFailure.badRequest("fraction is a number from 0 to 1");
                }
                operator.stopPublishersAt((long) (operator.memoryLimit() * part));
            }
        });
    }

    private Answer limitChannels(Request request) {
        long most = new Members(request.json()).requireNumber("value");
        if (most < 0 || most > 65_535) {
            throw HttpFailure.badRequest("value is a number from 0 to 65535");
        }
        return done(request, "set channel_max to " + most, () -> operator.limitChannels((int) most));
    }

    private Answer login(Request request) {
        var members = new Members(request.json());
        byte[] password = members.requireText("password").getBytes(StandardCharsets.UTF_8);
        return done(() -> {
            if (!operator.knows(members.requireText("name"), password)) {
                throw HttpFailure.badRequest("invalid credentials");
            }
        });
    }
}
