package io.posthorn.broker.topology;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// A node in the trie of a topic exchange's patterns: one level is one word between dots. Immutable.
///
/// A message is matched word by word, against all nodes reached so far at once, so that the work is bounded by
/// words times nodes; trying each way through several `#` one after the other would be exponential.
final class TopicNode {
    static final TopicNode EMPTY = new TopicNode(Bindings.NONE, TreePMap.empty(), null, null);

    private final Bindings bindings;
    private final TreePMap<String, TopicNode> words;
    private final @Nullable TopicNode anyWord;
    private final @Nullable TopicNode anyWords;

    private TopicNode(
            Bindings bindings,
            TreePMap<String, TopicNode> words,
            @Nullable TopicNode anyWord,
            @Nullable TopicNode anyWords) {
        this.bindings = bindings;
        this.words = words;
        this.anyWord = anyWord;
        this.anyWords = anyWords;
    }

    boolean isEmpty() {
        return bindings.isEmpty() && words.isEmpty() && anyWord == null && anyWords == null;
    }

    TopicNode with(Binding binding) {
        return with(split(binding.spec().routingKey()), 0, binding);
    }

    TopicNode without(Binding binding) {
        return without(split(binding.spec().routingKey()), 0, binding);
    }

    void forEachBinding(Consumer<Binding> action) {
        bindings.all().forEach(action);
        words.values().forEach(child -> child.forEachBinding(action));
        if (anyWord != null) {
            anyWord.forEachBinding(action);
        }
        if (anyWords != null) {
            anyWords.forEachBinding(action);
        }
    }

    void match(String routingKey, Matches matches) {
        List<Reached> reached = new ArrayList<>();
        enter(this, false, reached);
        for (String word : split(routingKey)) {
            reached = step(word, reached);
        }
        for (int i = 0; i < reached.size(); i++) {
            matches.add(reached.get(i).node.bindings);
        }
    }

    /// @param repeats whether the node is a `#`, which every further word leads back to
    private record Reached(TopicNode node, boolean repeats) {}

    private static List<Reached> step(String word, List<Reached> from) {
        var reached = new ArrayList<Reached>();
        for (int i = 0; i < from.size(); i++) {
            var node = from.get(i).node;
            if (from.get(i).repeats) {
                enter(node, true, reached);
            }
            var child = node.words.get(word);
            if (child != null) {
                enter(child, false, reached);
            }
            if (node.anyWord != null) {
                enter(node.anyWord, false, reached);
            }
        }
        return reached;
    }

    /// Reaching a node also reaches its `#`, which may stand for no word at all.
    private static void enter(TopicNode node, boolean repeats, List<Reached> reached) {
        for (int i = 0; i < reached.size(); i++) {
            if (reached.get(i).node == node) {
                return;
            }
        }
        reached.add(new Reached(node, repeats));
        if (node.anyWords != null) {
            enter(node.anyWords, true, reached);
        }
    }

    private TopicNode with(List<String> pattern, int depth, Binding binding) {
        if (depth == pattern.size()) {
            return new TopicNode(bindings.with(binding), words, anyWord, anyWords);
        }
        String word = pattern.get(depth);
        var child = child(word);
        return withChild(word, (child == null ? EMPTY : child).with(pattern, depth + 1, binding));
    }

    private TopicNode without(List<String> pattern, int depth, Binding binding) {
        if (depth == pattern.size()) {
            return new TopicNode(bindings.without(binding), words, anyWord, anyWords);
        }
        String word = pattern.get(depth);
        var child = child(word);
        return child == null ? this : withChild(word, child.without(pattern, depth + 1, binding));
    }

    private @Nullable TopicNode child(String word) {
        return switch (word) {
            case "*" -> anyWord;
            case "#" -> anyWords;
            default -> words.get(word);
        };
    }

    private TopicNode withChild(String word, TopicNode child) {
        var kept = child.isEmpty() ? null : child;
        return switch (word) {
            case "*" -> new TopicNode(bindings, words, kept, anyWords);
            case "#" -> new TopicNode(bindings, words, anyWord, kept);
            default ->
                new TopicNode(bindings, kept == null ? words.minus(word) : words.plus(word, kept), anyWord, anyWords);
        };
    }

    /// An empty key has no words, while `a.` has two, the second of which is empty: as RabbitMQ splits.
    private static List<String> split(String key) {
        return key.isEmpty() ? List.of() : Arrays.asList(key.split("\\.", -1));
    }
}
