package io.posthorn.console.api;

import static io.posthorn.console.http.Access.ADMINISTRATOR;

import io.posthorn.console.http.Answer;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Makes of a password what RabbitMQ keeps of one, for files that are written by hand:
/// `rabbit_password_hashing_sha256`.
/// A user who logs in with it gets a better hash.
record PasswordRoutes(RandomGenerator random) {
    List<Route> routes() {
        return List.of(
                Route.get(
                                "/api/auth/hash_password/{password}",
                                ADMINISTRATOR,
                                request -> hashed(request.segment("password")))
                        .says(
                                "A password_hash of a password. It stands in the path, and perhaps in logs: POST is better."),
                Route.post("/api/auth/hash_password", ADMINISTRATOR, this::posted)
                        .says("A password_hash of a password.")
                        .body("password", "string", "The password."));
    }

    private Answer posted(Request request) {
        var body = request.json();
        Bodies.require(body, "password");
        if (!body.get("password").isString()) {
            throw HttpFailure.badRequest("password must be a string");
        }
        return hashed(body.get("password").stringValue());
    }

    private Answer hashed(String password) {
        return Answer.json(Map.of("ok", RabbitHash.of(password, random)));
    }
}
