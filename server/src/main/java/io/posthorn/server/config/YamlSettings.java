package io.posthorn.server.config;

import io.posthorn.console.NearestName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// Reads a YAML file of settings as text by key, and knows on which line each stands.
final class YamlSettings {
    /// @param where `posthorn.yaml, line 3`
    record Entry(String where, String text) {}

    private final Path path;
    private final List<String> problems;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private YamlSettings(Path path, List<String> problems) {
        this.path = path;
        this.problems = problems;
    }

    static Map<String, Entry> read(Path path, List<String> problems) {
        var settings = new YamlSettings(path, problems);
        settings.compose(text(path)).ifPresent(root -> settings.collect("", root));
        return settings.entries;
    }

    private static String text(Path path) {
        try {
            return Files.readString(path);
        } catch (NoSuchFileException e) {
            throw new ConfigException("There is no configuration file " + path + ".");
        } catch (IOException e) {
            throw new ConfigException("The configuration file %s cannot be read: %s.".formatted(path, e.getMessage()));
        }
    }

    private Optional<Node> compose(String text) {
        try {
            return new Compose(LoadSettings.builder().setLabel(path.toString()).build()).composeString(text);
        } catch (MarkedYamlEngineException e) {
            String line = e.getProblemMark()
                    .map(mark -> ", line " + (mark.getLine() + 1))
                    .orElse("");
            throw new ConfigException("%s%s: this is no YAML: %s.".formatted(path, line, e.getProblem()));
        } catch (YamlEngineException e) {
            throw new ConfigException("%s: this is no YAML: %s.".formatted(path, e.getMessage()));
        }
    }

    private void collect(String prefix, Node node) {
        switch (node) {
            case MappingNode mapping -> {
                for (NodeTuple tuple : mapping.getValue()) {
                    collectEntry(prefix, tuple);
                }
            }
            case ScalarNode scalar when prefix.isEmpty() && scalar.getValue().isEmpty() -> {} // an empty file
            default -> problems.add(where(node) + ": here settings are expected, each as 'name: value'.");
        }
    }

    private void collectEntry(String prefix, NodeTuple tuple) {
        if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
            problems.add(where(tuple.getKeyNode()) + ": here the name of a setting is expected.");
            return;
        }
        String key = prefix + name.getValue();
        if (isSetting(key)) {
            collectValue(key, tuple);
        } else if (isSection(key)) {
            collectSection(key, tuple.getValueNode());
        } else {
            problems.add(unknown(key, tuple.getKeyNode()));
        }
    }

    private void collectValue(String key, NodeTuple tuple) {
        if (!(tuple.getValueNode() instanceof ScalarNode value)) {
            problems.add("%s: %s takes one value, not a list or settings of its own."
                    .formatted(where(tuple.getKeyNode()), key));
            return;
        }
        Entry before = entries.put(key, new Entry(where(value), value.getValue()));
        if (before != null) {
            problems.add("%s: %s is set a second time; it stands in %s already."
                    .formatted(where(tuple.getKeyNode()), key, before.where()));
        }
    }

    private void collectSection(String key, Node node) {
        // A section whose settings are all commented out is an empty scalar.
        if (!(node instanceof ScalarNode scalar && scalar.getValue().isEmpty())) {
            collect(key + ".", node);
        }
    }

    private String unknown(String key, Node node) {
        String hint = NearestName.of(key, keys())
                .or(() -> inSection(key))
                .map(near -> " Did you mean '" + near + "'?")
                .orElse(" The settings are: " + String.join(", ", keys()) + ".");
        return "%s: there is no setting '%s'.%s".formatted(where(node), key, hint);
    }

    // `listen` at the top level is nearest to `amqp.listen`, though most letters differ.
    private static Optional<String> inSection(String key) {
        return keys().stream().filter(known -> known.endsWith("." + key)).findFirst();
    }

    private static boolean isSetting(String key) {
        return keys().contains(key);
    }

    private static boolean isSection(String key) {
        return keys().stream().anyMatch(known -> known.startsWith(key + "."));
    }

    private static List<String> keys() {
        return SettingTable.ALL.stream().map(Setting::key).toList();
    }

    private String where(Node node) {
        return node.getStartMark()
                .map(mark -> "%s, line %d".formatted(path, mark.getLine() + 1))
                .orElse(path.toString());
    }
}
