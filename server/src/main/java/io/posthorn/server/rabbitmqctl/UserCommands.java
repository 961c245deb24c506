package io.posthorn.server.rabbitmqctl;

import static io.posthorn.server.cli.api.Paths.api;

import io.posthorn.server.cli.api.Answer;
import io.posthorn.server.cli.api.Json;
import io.posthorn.server.cli.api.Paths;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Users: made, changed, checked, listed.
final class UserCommands {
    static final List<String> NAMES = List.of(
            "add_user",
            "delete_user",
            "change_password",
            "clear_password",
            "authenticate_user",
            "set_user_tags",
            "list_users",
            "set_user_limits",
            "clear_user_limits",
            "list_user_limits");

    private static final String DONE =
            "Done. Don't forget to grant the user permissions to some virtual hosts! See 'rabbitmqctl help set_permissions' to learn more.";

    private UserCommands() {}

    static @Nullable CtlCommand named(String name) {
        return switch (name) {
            case "add_user" ->
                CtlCommand.takes("<username> <password>", 1, 2)
                        .says(ctl -> "Adding user \"%s\" ...".formatted(ctl.word(0)))
                        .does(UserCommands::add);
            case "delete_user" ->
                CtlCommand.takes("<username>", 1)
                        .says(ctl -> "Deleting user \"%s\" ...".formatted(ctl.word(0)))
                        .does(UserCommands::delete);
            case "change_password" ->
                CtlCommand.takes("<username> <password>", 1, 2)
                        .says(ctl -> "Changing password for user \"%s\" ...".formatted(ctl.word(0)))
                        .does(ctl -> put(ctl, tagged(user(ctl)).with("password", password(ctl))));
            case "clear_password" ->
                CtlCommand.takes("<username>", 1)
                        .says(ctl -> "Clearing password for user \"%s\" ...".formatted(ctl.word(0)))
                        .does(ctl -> put(ctl, tagged(user(ctl)).with("password_hash", "")));
            case "authenticate_user" ->
                CtlCommand.takes("<username> <password>", 1, 2)
                        .says(ctl -> "Authenticating user \"%s\" ...".formatted(ctl.word(0)))
                        .does(UserCommands::authenticate);
            case "set_user_tags" ->
                CtlCommand.takes("<username> <tag> [...]", 1, CtlCommand.ANY)
                        .says(ctl -> "Setting tags for user \"%s\" to [%s] ..."
                                .formatted(ctl.word(0), String.join(", ", tagsIn(ctl))))
                        .does(UserCommands::setTags);
            case "list_users" ->
                CtlCommand.takesNothing().says(_ -> "Listing users ...").does(UserCommands::list);
            case "set_user_limits" ->
                CtlCommand.takes("<username> <definition>", 2)
                        .says(ctl ->
                                "Setting user limits to \"%s\" for user \"%s\" ...".formatted(ctl.word(1), ctl.word(0)))
                        .does(UserCommands::setLimits);
            case "clear_user_limits" ->
                CtlCommand.takes("<username> <limit_type> | all", 2)
                        .says(ctl -> ctl.word(1).equals("all")
                                ? "Clearing all limits for user \"%s\" ...".formatted(ctl.word(0))
                                : "Clearing \"%s\" limit for user \"%s\" ...".formatted(ctl.word(1), ctl.word(0)))
                        .does(UserCommands::clearLimits);
            case "list_user_limits" ->
                CtlCommand.takesNothing()
                        .options("--user", "--global")
                        .says(ctl -> ctl.given()
                                .value("--user")
                                .map("Listing limits for user \"%s\" ..."::formatted)
                                .orElse("Listing limits for all users ..."))
                        .does(UserCommands::listLimits);
            default -> null;
        };
    }

    private static String path(Ctl ctl) {
        return api("users", ctl.word(0));
    }

    private static void put(Ctl ctl, Json.Builder user) {
        ctl.change("PUT", path(ctl), user.build());
    }

    private static Json user(Ctl ctl) {
        return ctl.find(path(ctl)).orElseThrow(() -> noUser(ctl.word(0)));
    }

    private static CtlFailure noUser(String name) {
        return CtlFailure.of(CtlFailure.NO_USER, "User \"%s\" does not exist".formatted(name));
    }

    static List<String> tags(Json user) {
        Json tags = user.get("tags");
        return tags instanceof Json.Array array
                ? array.values().stream().map(Json::shown).toList()
                : Stream.of(tags.shown().split(",", -1))
                        .map(String::strip)
                        .filter(tag -> !tag.isEmpty())
                        .toList();
    }

    private static Json.Builder tagged(Json user) {
        return Json.object().with("tags", String.join(",", tags(user)));
    }

    private static List<String> tagsIn(Ctl ctl) {
        return ctl.given().words().stream()
                .skip(1)
                .filter(tag -> !tag.isEmpty())
                .toList();
    }

    private static String password(Ctl ctl) {
        if (ctl.given().words().size() > 1) {
            return ctl.word(1);
        }
        try {
            String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            if (line != null) {
                return line;
            }
        } catch (IOException e) {
            // As if nothing had come.
        }
        throw CtlFailure.of(CtlFailure.SOFTWARE, "Password is not provided via argument or stdin");
    }

    private static void add(Ctl ctl) {
        if (ctl.word(0).isEmpty()) {
            throw CtlFailure.arguments(CtlFailure.DATA, "Bad argument: user cannot be an empty string");
        }
        if (ctl.find(path(ctl)).isPresent()) {
            throw CtlFailure.of(CtlFailure.SOFTWARE, "User \"%s\" already exists".formatted(ctl.word(0)));
        }
        String password = password(ctl);
        Json.Builder user = Json.object().with("tags", "");
        put(ctl, password.isEmpty() ? user.with("password_hash", "") : user.with("password", password));
        ctl.remark(DONE);
    }

    private static void delete(Ctl ctl) {
        Answer answer = ctl.send("DELETE", path(ctl), null);
        if (answer.status() == 404) {
            throw noUser(ctl.word(0));
        }
        Ctl.checked(answer);
    }

    private static void authenticate(Ctl ctl) {
        Json login = Json.object()
                .with("name", ctl.word(0))
                .with("password", password(ctl))
                .build();
        if (!ctl.send("POST", Paths.v1("logins"), login).isOk()) {
            throw CtlFailure.of(
                    CtlFailure.DATA,
                    "Error: failed to authenticate user \"%s\"\nuser '%s' - invalid credentials"
                            .formatted(ctl.word(0), ctl.word(0)));
        }
        ctl.say("Success");
    }

    private static void setTags(Ctl ctl) {
        Json user = user(ctl);
        put(
                ctl,
                Json.object()
                        .with("tags", String.join(",", tagsIn(ctl)))
                        .with("password_hash", user.text("password_hash"))
                        .with("hashing_algorithm", user.text("hashing_algorithm")));
    }

    private static void list(Ctl ctl) {
        ctl.print(
                List.of("user", "tags"),
                ctl.get(api("users")).elements().stream()
                        .map(user -> List.of(Cell.of(user.text("name")), new Cell.Words(tags(user))))
                        .toList());
    }

    private static void setLimits(Ctl ctl) {
        if (ctl.find(path(ctl)).isEmpty()) {
            throw CtlFailure.of(CtlFailure.UNAVAILABLE, "{:no_such_user, \"%s\"}".formatted(ctl.word(0)));
        }
        Json limits = ParameterCommands.json(ctl.word(1));
        limits.fields()
                .forEach((limit, value) -> ctl.change(
                        "PUT",
                        api("user-limits", ctl.word(0), limit),
                        Json.object().with("value", value).build()));
    }

    private static void clearLimits(Ctl ctl) {
        List<String> which = ctl.word(1).equals("all")
                ? List.copyOf(limits(ctl, ctl.word(0)).fields().keySet())
                : List.of(ctl.word(1));
        which.forEach(limit -> ctl.send("DELETE", api("user-limits", ctl.word(0), limit), null));
    }

    private static Json limits(Ctl ctl, String user) {
        return ctl.find(api("user-limits", user)).stream()
                .flatMap(found -> found.elements().stream())
                .findFirst()
                .map(found -> found.get("value"))
                .orElse(Json.object().build());
    }

    private static void listLimits(Ctl ctl) {
        if (ctl.given().value("--user").isPresent()) {
            ctl.say(limits(ctl, ctl.given().value("--user").get()).write());
            return;
        }
        ctl.print(
                List.of("user", "limits"),
                ctl.get(api("user-limits")).elements().stream()
                        .map(limit -> List.of(
                                Cell.of(limit.text("user")),
                                Cell.of(limit.get("value").write())))
                        .toList());
    }
}
