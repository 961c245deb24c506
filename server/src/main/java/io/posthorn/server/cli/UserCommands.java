package io.posthorn.server.cli;

import static io.posthorn.server.cli.api.Paths.api;

import io.posthorn.server.cli.api.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/// Users and what they may do.
final class UserCommands {
    private static final String NAME = "the user's name";
    private static final String NEXT = "'./posthorn user ls' shows who there is.";
    private static final String ADMINISTRATOR = "--administrator";
    private static final String NO_PASSWORD = "--no-password";

    private static final Listing USERS =
            new Listing().column("USER", "name").column("TAGS", "tags", user -> Json.texts(tags(user)));

    private static final Listing PERMISSIONS = new Listing()
            .column("USER", "user")
            .column("VHOST", "vhost")
            .column("CONFIGURE", "configure")
            .column("WRITE", "write")
            .column("READ", "read");

    private UserCommands() {}

    static List<CommandSpec> all() {
        return List.of(
                Management.doneInBroker(
                        Command.named("ls", "List the users.").option(Format.option()),
                        on -> on.print(
                                USERS, ExchangeCommands.sorted(on.broker().get(api("users")), "name"))),
                Management.doneInHost(
                        Command.named("add", "Make a user, and ask for a password or read it from standard input.")
                                .word("NAME", NAME)
                                .flag(ADMINISTRATOR, "one who may do everything, in every virtual host there is")
                                .option(
                                        "--tags",
                                        "TAGS",
                                        "administrator, monitoring, policymaker, management; with commas between")
                                .flag("--all-permissions", "may do everything with what is in --vhost")
                                .flag(NO_PASSWORD, "one who cannot log in with a password")
                                .help(
                                        "  ./posthorn user add ops --administrator",
                                        "  printf '%s\\n' \"$PASSWORD\" | ./posthorn user add app --all-permissions"),
                        UserCommands::add),
                Management.doneInBroker(
                        Command.named("delete", "Delete a user and close their connections.")
                                .word("NAME", NAME),
                        on -> {
                            on.mustDelete(path(on), "user", on.word(0), NEXT);
                            on.say("Deleted the user '%s'.", on.word(0));
                        }),
                Management.doneInBroker(
                        Command.named("passwd", "Change a password: asks for it, or reads it from standard input.")
                                .word("NAME", NAME)
                                .flag(NO_PASSWORD, "take the password away: they cannot log in with one"),
                        UserCommands::changePassword),
                Management.doneInBroker(
                        Command.named("tags", "Say what a user is: all tags anew.")
                                .word("NAME", NAME)
                                .moreWords("TAG", "administrator, monitoring, policymaker, management, impersonator"),
                        UserCommands::setTags),
                Management.doneInHost(
                        Command.named("permissions", "Show or set what a user may do in a virtual host.")
                                .word("NAME", NAME)
                                .optionalWord(
                                        "CONFIGURE", "what they may make and delete: a regular expression over names")
                                .optionalWord("WRITE", "what they may publish to")
                                .optionalWord("READ", "what they may consume from")
                                .flag("--clear", "take all permissions in this virtual host back")
                                .option(Format.option()),
                        UserCommands::permissions),
                LimitCommands.ofUser());
    }

    private static String path(Management on) {
        return api("users", on.word(0));
    }

    // A list in newer servers, text with commas in older ones.
    static List<String> tags(Json user) {
        Json tags = user.get("tags");
        return tags instanceof Json.Array array
                ? array.values().stream().map(Json::shown).toList()
                : Stream.of(tags.shown().split(",", -1))
                        .map(String::strip)
                        .filter(tag -> !tag.isEmpty())
                        .toList();
    }

    private static void add(Management on) {
        if (on.broker().find(path(on)).isPresent()) {
            throw new CommandFailure(
                    "there is a user '%s' already. './posthorn user passwd' changes the password, 'user tags' the tags."
                            .formatted(on.word(0)));
        }
        var tags = new ArrayList<String>();
        if (on.given().has(ADMINISTRATOR)) {
            tags.add("administrator");
        }
        on.given().value("--tags").ifPresent(more -> tags.addAll(List.of(more.split(" *, *", -1))));
        Json.Builder user = Json.object().with("tags", String.join(",", tags));
        on.broker().put(path(on), withPassword(on, user).build());
        grant(on, tags);
        on.say("Made the user '%s'%s.", on.word(0), tags.isEmpty() ? "" : " with the tags " + String.join(", ", tags));
    }

    private static void grant(Management on, List<String> tags) {
        List<String> hosts = on.given().has(ADMINISTRATOR)
                ? on.broker().get(api("vhosts")).elements().stream()
                        .map(host -> host.text("name"))
                        .toList()
                : on.given().has("--all-permissions") ? List.of(on.virtualHost()) : List.of();
        for (String host : hosts) {
            on.broker().put(api("permissions", host, on.word(0)), patterns(".*", ".*", ".*"));
        }
        if (hosts.isEmpty() && tags.isEmpty()) {
            on.say(
                    "It may do nothing yet: './posthorn user permissions %s .* .* .*' allows everything in '%s'.",
                    on.word(0), on.virtualHost());
        }
    }

    private static Json.Builder withPassword(Management on, Json.Builder user) {
        return on.given().has(NO_PASSWORD)
                ? user.with("password_hash", "")
                : user.with("password", Secret.read(on.word(0)));
    }

    private static Json patterns(String configure, String write, String read) {
        return Json.object()
                .with("configure", configure)
                .with("write", write)
                .with("read", read)
                .build();
    }

    private static void changePassword(Management on) {
        Json user = on.mustFind(path(on), "user", on.word(0), NEXT);
        Json.Builder changed = Json.object().with("tags", String.join(",", tags(user)));
        on.broker().put(path(on), withPassword(on, changed).build());
        on.say("Changed the password of '%s'.", on.word(0));
    }

    private static void setTags(Management on) {
        Json user = on.mustFind(path(on), "user", on.word(0), NEXT);
        List<String> tags = on.given().wordsFrom(1);
        on.broker()
                .put(
                        path(on),
                        Json.object()
                                .with("tags", String.join(",", tags))
                                .with("password_hash", user.text("password_hash"))
                                .with("hashing_algorithm", user.text("hashing_algorithm"))
                                .build());
        on.say("'%s' has %s.", on.word(0), tags.isEmpty() ? "no tags" : "the tags " + String.join(", ", tags));
    }

    private static void permissions(Management on) {
        List<String> patterns = on.given().wordsFrom(1);
        String path = api("permissions", on.virtualHost(), on.word(0));
        if (on.given().has("--clear")) {
            on.mustDelete(path, "user with permissions here", on.word(0), NEXT);
            on.say("'%s' may do nothing in '%s'.", on.word(0), on.virtualHost());
        } else if (patterns.size() == 3) {
            on.broker().put(path, patterns(patterns.get(0), patterns.get(1), patterns.get(2)));
            on.say("Set what '%s' may do in '%s'.", on.word(0), on.virtualHost());
        } else if (patterns.isEmpty()) {
            on.mustFind(path(on), "user", on.word(0), NEXT);
            on.print(
                    PERMISSIONS,
                    on.broker().get(api("users", on.word(0), "permissions")).elements());
        } else {
            throw on.given().wrong("three patterns are needed, or none: CONFIGURE WRITE READ.");
        }
    }

    static String joined(List<String> texts) {
        return texts.stream().collect(Collectors.joining(", "));
    }
}
