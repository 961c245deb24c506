package io.posthorn.server.config;

import java.io.Serial;
import java.util.List;

/// What is wrong with the settings, all of it at once, each line naming the place, the value and the way out.
public final class ConfigException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public ConfigException(List<String> problems) {
        super(String.join("\n", problems), null, false, false);
    }

    public ConfigException(String problem) {
        this(List.of(problem));
    }

    public List<String> problems() {
        return String.valueOf(getMessage()).lines().toList();
    }
}
