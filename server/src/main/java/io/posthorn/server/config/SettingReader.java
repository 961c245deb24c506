package io.posthorn.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Looks a setting up where it may be set, nearest first, and collects what is wrong instead of stopping at the
/// first.
final class SettingReader {
    /// Nearest to the command line first.
    enum Source {
        FLAG,
        VARIABLE,
        FILE,
        DEFAULT
    }

    /// @param where for people: `--amqp`, `posthorn.yaml, line 3`
    private record Found(Source source, String where, String text) {}

    /// One per setting, all of them readable.
    record Values(Map<Setting<?>, Object> read, Map<Setting<?>, Source> sources, Map<Setting<?>, String> places) {
        @SuppressWarnings("unchecked") // put there by the setting's own reader
        <T> T get(Setting<T> setting) {
            return (T) present(read, setting);
        }

        Source source(Setting<?> setting) {
            return present(sources, setting);
        }

        String where(Setting<?> setting) {
            return present(places, setting);
        }

        private static <V> V present(Map<Setting<?>, V> values, Setting<?> setting) {
            return Optional.ofNullable(values.get(setting)).orElseThrow();
        }
    }

    private final Map<String, String> flags;
    private final Map<String, String> environment;
    private final Map<String, YamlSettings.Entry> file;
    private final List<String> problems;

    private SettingReader(
            Map<String, String> flags,
            Map<String, String> environment,
            Map<String, YamlSettings.Entry> file,
            List<String> problems) {
        this.flags = flags;
        this.environment = environment;
        this.file = file;
        this.problems = problems;
    }

    static Values read(Map<String, String> flags, Map<String, String> environment, Optional<Path> file) {
        var problems = new ArrayList<String>();
        Map<String, YamlSettings.Entry> entries =
                file.map(path -> YamlSettings.read(path, problems)).orElse(Map.of());
        return new SettingReader(flags, environment, entries, problems).readAll();
    }

    /// Variables that look like settings and are none. They are no error: others may set `POSTHORN_PORT`, as
    /// Kubernetes does for a service named posthorn.
    static Map<String, Optional<String>> strangeVariables(Map<String, String> environment) {
        List<String> known =
                new ArrayList<>(SettingTable.ALL.stream().map(Setting::variable).toList());
        known.addAll(List.of("POSTHORN_HEAP", "POSTHORN_CONFIG", "POSTHORN_LOG", "POSTHORN_URL"));
        var strange = new TreeMap<String, Optional<String>>();
        for (String name : environment.keySet()) {
            if (name.startsWith("POSTHORN_") && !known.contains(name)) {
                strange.put(name, NearestName.of(name, known));
            }
        }
        return strange;
    }

    private Values readAll() {
        var values = new Values(new HashMap<>(), new HashMap<>(), new HashMap<>());
        for (Setting<?> setting : SettingTable.ALL) {
            Found found = find(setting);
            try {
                values.read().put(setting, setting.reader().apply(found.text().strip()));
            } catch (ValueReaders.BadValue e) {
                problems.add("%s: '%s' will not do for %s: %s. Write %s, for example %s."
                        .formatted(
                                found.where(),
                                found.text(),
                                setting.key(),
                                e.why(),
                                setting.shape(),
                                setting.defaultText()));
            }
            values.sources().put(setting, found.source());
            values.places().put(setting, found.where());
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return values;
    }

    private Found find(Setting<?> setting) {
        String flag = setting.flag().map(flags::get).orElse(null);
        if (flag != null) {
            return new Found(Source.FLAG, setting.flag().orElseThrow(), flag);
        }
        String variable = environment.get(setting.variable());
        if (variable != null) {
            return new Found(Source.VARIABLE, "environment variable " + setting.variable(), variable);
        }
        YamlSettings.Entry entry = file.get(setting.key());
        if (entry != null) {
            return new Found(Source.FILE, entry.where(), entry.text());
        }
        return new Found(Source.DEFAULT, "the default", setting.defaultText());
    }
}
