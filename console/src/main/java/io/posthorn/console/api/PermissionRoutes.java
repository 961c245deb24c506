package io.posthorn.console.api;

import static io.posthorn.console.http.Access.ADMINISTRATOR;

import io.posthorn.broker.admin.AdminChange.ClearPermissions;
import io.posthorn.broker.admin.AdminChange.ClearTopicPermissions;
import io.posthorn.broker.admin.AdminChange.SetPermissions;
import io.posthorn.broker.admin.AdminChange.SetTopicPermissions;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.Rights.Subject;
import io.posthorn.broker.admin.TopicPatterns;
import io.posthorn.broker.topology.Topology;
import io.posthorn.console.definitions.Described;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Fields;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What users may do in virtual hosts, and with which routing keys.
record PermissionRoutes(Administering broker) {
    private static final Fields<Map<String, @Nullable Object>> PERMISSIONS =
            Listed.members("user", "vhost", "configure", "write", "read");
    private static final Fields<Map<String, @Nullable Object>> TOPIC_PERMISSIONS =
            Listed.members("user", "vhost", "exchange", "write", "read");

    List<Route> routes() {
        var routes = new ArrayList<Route>();
        routes.addAll(permissions());
        routes.addAll(topicPermissions());
        return routes;
    }

    private List<Route> permissions() {
        return List.of(
                Route.get("/api/permissions", ADMINISTRATOR, request -> list(request, _ -> true))
                        .says("What all users may do, in all virtual hosts."),
                Route.get("/api/permissions/{vhost}/{user}", ADMINISTRATOR, this::show)
                        .says("What a user may do in a virtual host."),
                Route.put("/api/permissions/{vhost}/{user}", ADMINISTRATOR, this::put)
                        .says("Lets a user into a virtual host, or changes what they may do there.")
                        .body("configure", "string", "A regular expression: what may be declared and deleted.")
                        .body("write", "string", "A regular expression: what may be published to.")
                        .body("read", "string", "A regular expression: what may be consumed from."),
                Route.delete("/api/permissions/{vhost}/{user}", ADMINISTRATOR, this::delete)
                        .says("Lets a user use a virtual host no more."),
                Route.get("/api/vhosts/{vhost}/permissions", ADMINISTRATOR, request -> list(request, inHost(request)))
                        .says("What users may do in a virtual host."),
                Route.get("/api/users/{user}/permissions", ADMINISTRATOR, request -> list(request, ofUser(request)))
                        .says("What a user may do, in all virtual hosts."));
    }

    private List<Route> topicPermissions() {
        return List.of(
                Route.get("/api/topic-permissions", ADMINISTRATOR, request -> listTopics(request, _ -> true))
                        .says("Which routing keys all users may use, in all virtual hosts."),
                Route.get("/api/topic-permissions/{vhost}/{user}", ADMINISTRATOR, this::showTopics)
                        .says("Which routing keys a user may use in a virtual host."),
                Route.put("/api/topic-permissions/{vhost}/{user}", ADMINISTRATOR, this::putTopics)
                        .says("Says which routing keys a user may use with a topic exchange.")
                        .body("exchange", "string", "The exchange; empty for the default one.")
                        .body("write", "string", "A regular expression: keys to publish with.")
                        .body("read", "string", "A regular expression: keys to bind with."),
                Route.delete("/api/topic-permissions/{vhost}/{user}", ADMINISTRATOR, this::deleteTopics)
                        .says("Lets a user use all routing keys in a virtual host."),
                Route.delete("/api/topic-permissions/{vhost}/{user}/{exchange}", ADMINISTRATOR, this::deleteTopic)
                        .says("Lets a user use all routing keys with an exchange."),
                Route.get(
                                "/api/vhosts/{vhost}/topic-permissions",
                                ADMINISTRATOR,
                                request -> listTopics(request, inHost(request)))
                        .says("Which routing keys users may use in a virtual host."),
                Route.get(
                                "/api/users/{user}/topic-permissions",
                                ADMINISTRATOR,
                                request -> listTopics(request, ofUser(request)))
                        .says("Which routing keys a user may use, in all virtual hosts."));
    }

    private Predicate<Subject> inHost(Request request) {
        String host = request.segment("vhost");
        if (!broker.current().hasVirtualHost(host)) {
            throw HttpFailure.notFound();
        }
        return subject -> subject.virtualHost().equals(host);
    }

    private Predicate<Subject> ofUser(Request request) {
        String user = UserRoutes.named(broker.current(), request).name();
        return subject -> subject.user().equals(user);
    }

    private static Subject subject(Request request) {
        return new Subject(request.segment("user"), request.segment("vhost"));
    }

    private static void checkThere(Topology topology, Subject subject) {
        if (topology.user(subject.user()) == null || !topology.hasVirtualHost(subject.virtualHost())) {
            throw HttpFailure.badRequest("vhost_or_user_not_found");
        }
    }

    private Answer list(Request request, Predicate<Subject> wanted) {
        var found = new ArrayList<Map<String, @Nullable Object>>();
        broker.current().rights().permissions().forEach((subject, patterns) -> {
            if (wanted.test(subject)) {
                found.add(Described.permissions(subject.user(), subject.virtualHost(), patterns));
            }
        });
        return PERMISSIONS.list(request, found);
    }

    private Answer show(Request request) {
        var subject = subject(request);
        return PERMISSIONS.one(request, Described.permissions(subject.user(), subject.virtualHost(), named(subject)));
    }

    private PermissionPatterns named(Subject subject) {
        var patterns = broker.current().permissions(subject.user(), subject.virtualHost());
        if (patterns == null) {
            throw HttpFailure.notFound();
        }
        return patterns;
    }

    private Answer put(Request request) {
        var subject = subject(request);
        var body = request.json();
        Bodies.require(body, "configure", "write", "read");
        var patterns = new PermissionPatterns(
                Bodies.text(body, "configure"), Bodies.text(body, "write"), Bodies.text(body, "read"));
        var topology = broker.current();
        checkThere(topology, subject);
        broker.apply(request.caller(), new SetPermissions(subject.user(), subject.virtualHost(), patterns));
        return Answer.put(topology.permissions(subject.user(), subject.virtualHost()) == null);
    }

    private Answer delete(Request request) {
        var subject = subject(request);
        named(subject);
        broker.apply(request.caller(), new ClearPermissions(subject.user(), subject.virtualHost()));
        return Answer.noContent();
    }

    private Answer listTopics(Request request, Predicate<Subject> wanted) {
        var found = new ArrayList<Map<String, @Nullable Object>>();
        broker.current().rights().topicPermissions().forEach((subject, byExchange) -> {
            if (wanted.test(subject)) {
                byExchange.forEach((exchange, patterns) -> found.add(
                        Described.topicPermissions(subject.user(), subject.virtualHost(), exchange, patterns)));
            }
        });
        return TOPIC_PERMISSIONS.list(request, found);
    }

    private Answer showTopics(Request request) {
        var subject = subject(request);
        topics(subject);
        return listTopics(request, subject::equals);
    }

    private Map<String, TopicPatterns> topics(Subject subject) {
        var topics = broker.current().topicPermissions(subject.user(), subject.virtualHost());
        if (topics.isEmpty()) {
            throw HttpFailure.notFound();
        }
        return topics;
    }

    private Answer putTopics(Request request) {
        var subject = subject(request);
        var body = request.json();
        Bodies.require(body, "exchange", "write", "read");
        var patterns = new TopicPatterns(Bodies.text(body, "write"), Bodies.text(body, "read"));
        var topology = broker.current();
        checkThere(topology, subject);
        broker.apply(
                request.caller(),
                new SetTopicPermissions(
                        subject.user(), subject.virtualHost(), Bodies.text(body, "exchange"), patterns));
        return Answer.put(
                topology.topicPermissions(subject.user(), subject.virtualHost()).isEmpty());
    }

    private Answer deleteTopics(Request request) {
        var subject = subject(request);
        topics(subject);
        broker.apply(request.caller(), new ClearTopicPermissions(subject.user(), subject.virtualHost(), null));
        return Answer.noContent();
    }

    private Answer deleteTopic(Request request) {
        var subject = subject(request);
        String exchange = request.segment("exchange");
        if (!topics(subject).containsKey(exchange)) {
            throw HttpFailure.notFound();
        }
        broker.apply(request.caller(), new ClearTopicPermissions(subject.user(), subject.virtualHost(), exchange));
        return Answer.noContent();
    }
}
