package io.posthorn.server.cli;

import io.posthorn.server.cli.api.Json;
import io.posthorn.server.cli.api.JsonException;
import picocli.CommandLine.Model.OptionSpec;

/// `--argument KEY=VALUE`, as often as there are any: a value that is JSON is what it says, any other is a text.
final class ArgumentOption {
    private static final String NAME = "--argument";

    private ArgumentOption() {}

    static OptionSpec option() {
        return Options.texts(
                NAME, "KEY=VALUE", "one more argument; a VALUE that is JSON (5, true) is that, else it is a text");
    }

    static Json.Builder read(Given given) {
        return read(given, NAME);
    }

    static Json.Builder read(Given given, String option) {
        Json.Builder arguments = Json.object();
        for (String written : given.values(option)) {
            int equals = written.indexOf('=');
            if (equals < 1) {
                throw given.wrong("%s takes KEY=VALUE, not '%s'.".formatted(option, written));
            }
            arguments.with(written.substring(0, equals), value(written.substring(equals + 1)));
        }
        return arguments;
    }

    private static Json value(String written) {
        try {
            return Json.parse(written);
        } catch (JsonException text) {
            return Json.of(written);
        }
    }
}
