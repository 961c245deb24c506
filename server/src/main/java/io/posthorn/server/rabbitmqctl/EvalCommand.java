package io.posthorn.server.rabbitmqctl;

import static io.posthorn.server.cli.api.Paths.v1;

import io.posthorn.server.cli.api.Json;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The few Erlang expressions that client suites evaluate, known by their looks.
final class EvalCommand {
    static final String NAME = "eval";

    private static final Pattern SET_ALARM =
            Pattern.compile("rabbit_alarm:set_alarm\\(\\{\\{resource_limit,(memory|disk),node\\(\\)},\\[]}\\)");
    private static final Pattern CLEAR_ALARM =
            Pattern.compile("rabbit_alarm:clear_alarm\\(\\{resource_limit,(memory|disk),node\\(\\)}\\)");
    private static final Pattern CHANNEL_MAX = Pattern.compile("application:set_env\\(rabbit,channel_max,(\\d+)\\)");
    private static final Pattern SET_LOOPBACK =
            Pattern.compile("application:set_env\\(rabbit,loopback_users,\\[(.*)]\\)");
    private static final Pattern GET_LOOPBACK =
            Pattern.compile("(\\{ok,\\w+}=)?application:get_env\\(rabbit,loopback_users\\)(,\\w+)?");
    private static final Pattern USER = Pattern.compile("<<\"([^\"]*)\">>");
    private static final Pattern NUMBER = Pattern.compile("(\\d+)(?:([+*-])(\\d+))?");

    private EvalCommand() {}

    static @Nullable CtlCommand named(String name) {
        return name.equals(NAME) ? CtlCommand.takes("<expression>", 1).does(ctl -> ctl.say(evaluate(ctl))) : null;
    }

    private static String evaluate(Ctl ctl) {
        String code = ctl.word(0).replaceAll("\\s", "").replaceAll("\\.$", "");
        Matcher setAlarm = SET_ALARM.matcher(code);
        if (setAlarm.matches()) {
            ctl.change(
                    "PUT",
                    v1("broker", "alarms", setAlarm.group(1)),
                    Json.object().build());
            return "ok";
        }
        Matcher clearAlarm = CLEAR_ALARM.matcher(code);
        if (clearAlarm.matches()) {
            ctl.change("DELETE", v1("broker", "alarms", clearAlarm.group(1)), null);
            return "ok";
        }
        Matcher channelMax = CHANNEL_MAX.matcher(code);
        if (channelMax.matches()) {
            set(ctl, "channel_max", new Json.Number(channelMax.group(1)));
            return "ok";
        }
        return loopback(code);
    }

    private static void set(Ctl ctl, String setting, Json value) {
        ctl.change(
                "PUT",
                v1("broker", "settings", setting),
                Json.object().with("value", value).build());
    }

    // Guest comes from this machine only, and that is not to be changed here.
    private static String loopback(String code) {
        Matcher set = SET_LOOPBACK.matcher(code);
        if (set.matches()) {
            List<String> users = USER.matcher(set.group(1))
                    .results()
                    .map(found -> found.group(1))
                    .toList();
            if (!users.equals(List.of("guest"))) {
                throw CtlFailure.of(
                        CtlFailure.UNAVAILABLE,
                        "this broker lets guest in from its own machine only, and all others from anywhere");
            }
            return "ok";
        }
        Matcher get = GET_LOOPBACK.matcher(code);
        if (get.matches()) {
            return get.group(2) == null ? "{ok,[<<\"guest\">>]}" : "[<<\"guest\">>]";
        }
        return constant(code);
    }

    // What scripts ask to see whether anybody is there: `1.`, `ok.`, `1+1.`
    private static String constant(String code) {
        Matcher number = NUMBER.matcher(code);
        if (number.matches() && number.group(2) != null) {
            long left = Long.parseLong(number.group(1));
            long right = Long.parseLong(number.group(3));
            return Long.toString(
                    switch (number.group(2)) {
                        case "+" -> left + right;
                        case "-" -> left - right;
                        default -> left * right;
                    });
        }
        if (code.matches("[a-z]\\w*|\\d+")) {
            return code;
        }
        throw CtlFailure.of(
                CtlFailure.UNAVAILABLE,
                "this broker runs no Erlang, and this expression is none of those that it knows by their looks");
    }
}
