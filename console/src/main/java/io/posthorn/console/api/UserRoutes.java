package io.posthorn.console.api;

import static io.posthorn.console.http.Access.ADMINISTRATOR;

import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.AdminChange.DeleteUser;
import io.posthorn.broker.admin.AdminChange.PutUser;
import io.posthorn.broker.admin.AdminChange.SetUserLimit;
import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.topology.Topology;
import io.posthorn.console.definitions.CredentialText;
import io.posthorn.console.definitions.Described;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Fields;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Members;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Users: listed, made, changed and deleted.
///
/// @param hashing makes a credential of a password; takes its time
record UserRoutes(Administering broker, Function<String, Credential> hashing) {
    List<Route> routes() {
        return List.of(
                Route.get("/api/users", ADMINISTRATOR, request -> list(request, _ -> true))
                        .says("All users."),
                Route.get("/api/users/without-permissions", ADMINISTRATOR, request -> list(request, this::isIdle))
                        .says("The users that may use no virtual host."),
                Route.post("/api/users/bulk-delete", ADMINISTRATOR, this::deleteAll)
                        .says("Deletes several users, or none when one of them is not there.")
                        .body("users", "array", "Their names."),
                Route.get("/api/users/{user}", ADMINISTRATOR, this::show).says("One user."),
                Route.put("/api/users/{user}", ADMINISTRATOR, this::put)
                        .says("Makes a user, or changes password and tags of one.")
                        .body("password", "string", "The password. Without it and a hash, the user has none.")
                        .body("password_hash", "string", "What has been made of the password, in base64.")
                        .body("hashing_algorithm", "string", "How it was made: rabbit_password_hashing_sha256, ...")
                        .body("tags", "string", "administrator, monitoring, policymaker, management, ..."),
                Route.delete("/api/users/{user}", ADMINISTRATOR, this::delete)
                        .says("Deletes a user and closes the connections of that user."));
    }

    private static Fields<UserSpec> fields(Topology topology) {
        return Listed.members(
                List.of("name", "password_hash", "hashing_algorithm", "tags", "limits"),
                user -> Described.user(user, topology.userLimits(user.name())));
    }

    private Answer list(Request request, java.util.function.Predicate<UserSpec> wanted) {
        var topology = broker.current();
        var users = topology.users().values().stream().filter(wanted).toList();
        return fields(topology).list(request, users);
    }

    private boolean isIdle(UserSpec user) {
        return broker.current().rights().permissions().keySet().stream()
                .noneMatch(subject -> subject.user().equals(user.name()));
    }

    private Answer show(Request request) {
        var topology = broker.current();
        return fields(topology).one(request, named(topology, request));
    }

    static UserSpec named(Topology topology, Request request) {
        var user = topology.user(request.segment("user"));
        if (user == null) {
            throw HttpFailure.notFound();
        }
        return user;
    }

    private Answer put(Request request) {
        String name = request.segment("user");
        boolean isNew = broker.current().user(name) == null;
        var body = request.json();
        var changes = new ArrayList<AdminChange>();
        changes.add(new PutUser(new UserSpec(name, credential(body), new LinkedHashSet<>(tags(body)))));
        new Members(body)
                .members("limits")
                .properties()
                .forEach(limit -> changes.add(
                        new SetUserLimit(name, limit.getKey(), Bodies.limit(limit.getKey(), limit.getValue()))));
        broker.apply(request.caller(), changes);
        return Answer.put(isNew);
    }

    private static List<String> tags(ObjectNode body) {
        if (body.has("tags")) {
            return Bodies.tags(body.get("tags"));
        }
        if (body.has("administrator")) {
            return Members.flag(body.get("administrator")) ? List.of("administrator") : List.of();
        }
        throw HttpFailure.badRequest("tags_not_present");
    }

    private @Nullable Credential credential(ObjectNode body) {
        boolean hasPassword = body.has("password");
        boolean hasHash = body.has("password_hash");
        if (hasPassword && hasHash) {
            throw HttpFailure.badRequest("both_password_and_password_hash_are_provided");
        }
        if (hasPassword) {
            String password = Bodies.text(body, "password");
            return password.isEmpty() ? null : hashing.apply(password);
        }
        return hasHash ? imported(body) : null;
    }

    private static @Nullable Credential imported(ObjectNode body) {
        String hash = Bodies.text(body, "password_hash");
        String algorithm = new Members(body).text("hashing_algorithm", Credential.RABBIT_SHA256);
        if (!CredentialText.ALGORITHMS.contains(algorithm)) {
            throw HttpFailure.badRequest(List.of("unknown_hashing_algorithm", algorithm));
        }
        try {
            return new CredentialText(hash, algorithm).credential();
        } catch (IllegalArgumentException e) {
            throw HttpFailure.badRequest(List.of("not_base64", hash));
        }
    }

    private Answer delete(Request request) {
        broker.apply(
                request.caller(),
                new DeleteUser(named(broker.current(), request).name()));
        return Answer.noContent();
    }

    private Answer deleteAll(Request request) {
        var body = request.json();
        Bodies.require(body, "users");
        var names = Bodies.texts("users", body.get("users"));
        var topology = broker.current();
        for (String name : names) {
            if (topology.user(name) == null) {
                throw HttpFailure.badRequest(List.of("no_such_user", name));
            }
        }
        broker.apply(
                request.caller(), names.stream().distinct().map(DeleteUser::new).toList());
        return Answer.noContent();
    }
}
