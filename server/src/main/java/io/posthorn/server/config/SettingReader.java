package io.posthorn.server.config;

import io.posthorn.console.NearestName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

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

    private static final Pattern SERVICE_VARIABLE =
            Pattern.compile("POSTHORN(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?"
                    + "|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

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

    /// A variable that looks like a setting and is none stops the start, but for those that Kubernetes and Docker make
    /// by themselves for a service named posthorn, or posthorn-something.
    private void checkVariables() {
        List<String> known =
                new ArrayList<>(SettingTable.ALL.stream().map(Setting::variable).toList());
        known.addAll(List.of("POSTHORN_HEAP", "POSTHORN_CONFIG", "POSTHORN_LOG", "POSTHORN_URL"));
        for (String name : new TreeSet<>(environment.keySet())) {
            if (name.startsWith("POSTHORN_")
                    && !known.contains(name)
                    && !SERVICE_VARIABLE.matcher(name).matches()) {
                problems.add("environment variable %s: there is no such setting.%s"
                        .formatted(
                                name,
                                NearestName.of(name, known)
                                        .map(" Did you mean %s?"::formatted)
                                        .orElse("")));
            }
        }
    }

    private Values readAll() {
        checkVariables();
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
