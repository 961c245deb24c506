package io.posthorn.server.rabbitmqctl;

import static io.posthorn.server.cli.api.Paths.api;

import io.posthorn.server.cli.api.Answer;
import io.posthorn.server.cli.api.Json;
import io.posthorn.server.cli.api.JsonException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Policies, parameters and limits of virtual hosts.
final class ParameterCommands {
    static final List<String> NAMES = List.of(
            "set_policy",
            "clear_policy",
            "list_policies",
            "set_operator_policy",
            "clear_operator_policy",
            "list_operator_policies",
            "set_parameter",
            "clear_parameter",
            "list_parameters",
            "set_global_parameter",
            "clear_global_parameter",
            "list_global_parameters",
            "set_vhost_limits",
            "clear_vhost_limits",
            "list_vhost_limits");

    private static final List<String> POLICY =
            List.of("vhost", "name", "pattern", "apply-to", "definition", "priority");

    private ParameterCommands() {}

    static @Nullable CtlCommand named(String name) {
        return switch (name) {
            case "set_policy" -> setPolicy("Setting policy", "policies", "all");
            case "clear_policy" -> clearPolicy("policies", "Clearing policy \"%s\" on vhost \"%s\" ...");
            case "list_policies" -> listPolicies("policies", "Listing policies for vhost \"%s\" ...");
            case "set_operator_policy" -> setPolicy("Setting operator policy override", "operator-policies", "queues");
            case "clear_operator_policy" ->
                clearPolicy("operator-policies", "Clearing operator policy \"%s\" on vhost \"%s\" ...");
            case "list_operator_policies" ->
                listPolicies("operator-policies", "Listing operator policy overrides for vhost \"%s\" ...");
            case "set_vhost_limits" ->
                CtlCommand.takes("<definition>", 1)
                        .says(ctl -> "Setting vhost limits to \"%s\" for vhost \"%s\" ..."
                                .formatted(ctl.word(0), ctl.virtualHost()))
                        .does(ParameterCommands::setLimits);
            case "clear_vhost_limits" ->
                CtlCommand.takesNothing()
                        .says(ctl -> "Clearing vhost \"%s\" limits ...".formatted(ctl.virtualHost()))
                        .does(ctl -> clearLimits(ctl, List.of()));
            case "list_vhost_limits" ->
                CtlCommand.takesNothing()
                        .options("--global")
                        .says(ctl -> ctl.given().has("--global")
                                ? "Listing limits for all vhosts ..."
                                : "Listing limits for vhost \"%s\" ...".formatted(ctl.virtualHost()))
                        .does(ParameterCommands::listLimits);
            default -> parameter(name);
        };
    }

    private static @Nullable CtlCommand parameter(String name) {
        return switch (name) {
            case "set_parameter" ->
                CtlCommand.takes("<component_name> <name> <value>", 3)
                        .says(ctl ->
                                "Setting runtime parameter \"%s\" for component \"%s\" to \"%s\" in vhost \"%s\" ..."
                                        .formatted(ctl.word(1), ctl.word(0), ctl.word(2), ctl.virtualHost()))
                        .does(ctl -> ctl.change(
                                "PUT",
                                api("parameters", ctl.word(0), ctl.virtualHost(), ctl.word(1)),
                                Json.object().with("value", json(ctl.word(2))).build()));
            case "clear_parameter" ->
                CtlCommand.takes("<component_name> <key>", 2)
                        .says(ctl -> "Clearing runtime parameter \"%s\" for component \"%s\" on vhost \"%s\" ..."
                                .formatted(ctl.word(1), ctl.word(0), ctl.virtualHost()))
                        .does(ctl -> delete(ctl, api("parameters", ctl.word(0), ctl.virtualHost(), ctl.word(1))));
            case "list_parameters" ->
                CtlCommand.takesNothing()
                        .says(ctl -> "Listing runtime parameters for vhost \"%s\" ...".formatted(ctl.virtualHost()))
                        .does(ParameterCommands::listParameters);
            case "set_global_parameter" ->
                CtlCommand.takes("<name> <value>", 2)
                        .says(ctl -> "Setting global runtime parameter \"%s\" to \"%s\" ..."
                                .formatted(ctl.word(0), ctl.word(1)))
                        .does(ctl -> ctl.change(
                                "PUT",
                                api("global-parameters", ctl.word(0)),
                                Json.object().with("value", json(ctl.word(1))).build()));
            case "clear_global_parameter" ->
                CtlCommand.takes("<name>", 1)
                        .says(ctl -> "Clearing global runtime parameter \"%s\" ...".formatted(ctl.word(0)))
                        .does(ctl -> delete(ctl, api("global-parameters", ctl.word(0))));
            case "list_global_parameters" ->
                CtlCommand.takesNothing()
                        .says(_ -> "Listing global runtime parameters ...")
                        .does(ctl -> ctl.print(
                                List.of("name", "value"),
                                ctl.get(api("global-parameters")).elements().stream()
                                        .map(one -> List.of(
                                                Cell.of(one.text("name")),
                                                Cell.of(one.get("value").write())))
                                        .toList()));
            default -> null;
        };
    }

    static Json json(String text) {
        try {
            return Json.parse(text);
        } catch (JsonException e) {
            throw CtlFailure.of(CtlFailure.UNAVAILABLE, "JSON decoding error. Reason: badarg");
        }
    }

    private static void checkHost(Ctl ctl) {
        if (ctl.find(api("vhosts", ctl.virtualHost())).isEmpty()) {
            throw HostCommands.noHost(ctl.virtualHost());
        }
    }

    private static void delete(Ctl ctl, String path) {
        Answer answer = ctl.send("DELETE", path, null);
        if (answer.status() == 404) {
            throw CtlFailure.of(CtlFailure.UNAVAILABLE, "Parameter does not exist");
        }
        Ctl.checked(answer);
    }

    private static CtlCommand setPolicy(String saying, String route, String usualTarget) {
        return CtlCommand.takes("<name> <pattern> <definition>", 3)
                .options("--priority", "--apply-to")
                .says(ctl -> "%s \"%s\" for pattern \"%s\" to \"%s\" with priority \"%d\" for vhost \"%s\" ..."
                        .formatted(saying, ctl.word(0), ctl.word(1), ctl.word(2), priority(ctl), ctl.virtualHost()))
                .does(ctl -> {
                    Json definition = json(ctl.word(2));
                    checkHost(ctl);
                    ctl.change(
                            "PUT",
                            api(route, ctl.virtualHost(), ctl.word(0)),
                            Json.object()
                                    .with("pattern", ctl.word(1))
                                    .with("definition", definition)
                                    .with("priority", priority(ctl))
                                    .with(
                                            "apply-to",
                                            ctl.given().value("--apply-to").orElse(usualTarget))
                                    .build());
                });
    }

    private static long priority(Ctl ctl) {
        return (long) ctl.given().number("--priority").orElse(0);
    }

    private static CtlCommand clearPolicy(String route, String saying) {
        return CtlCommand.takes("<name>", 1)
                .says(ctl -> saying.formatted(ctl.word(0), ctl.virtualHost()))
                .does(ctl -> {
                    checkHost(ctl);
                    delete(ctl, api(route, ctl.virtualHost(), ctl.word(0)));
                });
    }

    private static CtlCommand listPolicies(String route, String saying) {
        return CtlCommand.takesNothing()
                .says(ctl -> saying.formatted(ctl.virtualHost()))
                .does(ctl -> {
                    checkHost(ctl);
                    ctl.print(
                            POLICY,
                            ctl.get(api(route, ctl.virtualHost())).elements().stream()
                                    .map(policy -> POLICY.stream()
                                            .map(column -> column.equals("definition")
                                                    ? Cell.of(policy.get(column).write())
                                                    : Cell.of(policy.get(column)))
                                            .toList())
                                    .toList());
                });
    }

    private static void listParameters(Ctl ctl) {
        List<List<Cell>> rows = ctl.get(api("parameters")).elements().stream()
                .filter(one -> one.text("vhost").equals(ctl.virtualHost()))
                .filter(one -> !one.text("component").equals("vhost-limits")) // they have a list of their own
                .map(one -> List.of(
                        Cell.of(one.text("component")),
                        Cell.of(one.text("name")),
                        Cell.of(one.get("value").write())))
                .toList();
        if (rows.isEmpty() && ctl.formatter() == Formatter.TABLE) {
            ctl.say("");
        } else {
            ctl.print(List.of("component", "name", "value"), rows);
        }
    }

    // What is not named is no limit any more.
    private static void setLimits(Ctl ctl) {
        Json limits = json(ctl.word(0));
        checkHost(ctl);
        limits.fields()
                .forEach((limit, value) -> ctl.change(
                        "PUT",
                        api("vhost-limits", ctl.virtualHost(), limit),
                        Json.object().with("value", value).build()));
        clearLimits(ctl, List.copyOf(limits.fields().keySet()));
    }

    private static void clearLimits(Ctl ctl, List<String> but) {
        limits(ctl).fields().keySet().stream()
                .filter(limit -> !but.contains(limit))
                .forEach(limit -> ctl.send("DELETE", api("vhost-limits", ctl.virtualHost(), limit), null));
    }

    private static Json limits(Ctl ctl) {
        return ctl.find(api("vhost-limits", ctl.virtualHost())).stream()
                .flatMap(found -> found.elements().stream())
                .findFirst()
                .map(found -> found.get("value"))
                .orElse(Json.object().build());
    }

    private static void listLimits(Ctl ctl) {
        if (!ctl.given().has("--global")) {
            checkHost(ctl);
            ctl.say(limits(ctl).write());
            return;
        }
        ctl.print(
                List.of("vhost", "limits"),
                ctl.get(api("vhost-limits")).elements().stream()
                        .map(one -> List.of(
                                Cell.of(one.text("vhost")),
                                Cell.of(one.get("value").write())))
                        .toList());
    }
}
