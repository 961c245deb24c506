package io.posthorn.console.http;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// All routes, found by the raw path: a `%2F` in a name is never taken for a slash. Immutable.
public final class RouteTable {
    private final List<Route> routes;
    private final Node root = new Node();

    /// The routes at one place of the tree, and those below it.
    private static final class Node {
        final Map<String, Node> words = new HashMap<>();
        final Map<Verb, Entry> routes = new EnumMap<>(Verb.class);

        @Nullable
        Node variable;

        /// A word goes before a name; a path that leads nowhere behind the word is tried as a name.
        @Nullable
        Node find(List<String> segments, int depth) {
            if (depth == segments.size()) {
                return routes.isEmpty() ? null : this;
            }
            Node next = words.get(segments.get(depth));
            Node found = next == null ? null : next.find(segments, depth + 1);
            if (found == null && variable != null) {
                found = variable.find(segments, depth + 1);
            }
            return found;
        }
    }

    private record Entry(Route route, PathTemplate template) {}

    /// @throws IllegalArgumentException when two routes are the same
    public RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
        routes.forEach(this::add);
    }

    /// In the order in which they were given, for descriptions.
    public List<Route> routes() {
        return routes;
    }

    private void add(Route route) {
        PathTemplate template = PathTemplate.of(route.path());
        Node node = root;
        for (PathTemplate.Segment segment : template.segments()) {
            node = switch (segment) {
                case PathTemplate.Segment.Word(String text) -> node.words.computeIfAbsent(text, _ -> new Node());
                case PathTemplate.Segment.Variable _ -> {
                    if (node.variable == null) {
                        node.variable = new Node();
                    }
                    yield node.variable;
                }
            };
        }
        if (node.routes.put(route.verb(), new Entry(route, template)) != null) {
            throw new IllegalArgumentException("two routes for " + route.verb() + " " + route.path());
        }
    }

    /// What a request asks for.
    ///
    /// @param variables the decoded segments, by the template's names
    record Match(Route route, Map<String, String> variables) {}

    /// @param rawPath without the query
    /// @throws HttpFailure 404, 405, 501, 400 for a broken encoding; 200 to OPTIONS
    Match find(String method, String rawPath) {
        List<String> segments = rawPath.startsWith("/") ? PathTemplate.split(rawPath) : List.of(rawPath);
        Node node = root.find(segments, 0);
        if (node == null) {
            throw HttpFailure.notFound();
        }
        if (method.equals("OPTIONS")) {
            throw HttpFailure.of(Answer.empty(200).with("allow", allowed(node)));
        }
        Entry entry = verb(method).map(node.routes::get).orElse(null);
        if (entry == null) {
            throw HttpFailure.of(Answer.empty(405).with("allow", allowed(node)));
        }
        return new Match(entry.route(), variables(entry.template(), segments));
    }

    private static Optional<Verb> verb(String method) {
        if (method.equals("PATCH")) {
            return Optional.empty();
        }
        Optional<Verb> verb = Verb.of(method);
        if (verb.isEmpty()) {
            throw HttpFailure.of(Answer.empty(501));
        }
        return verb;
    }

    private static String allowed(Node node) {
        var methods = new ArrayList<String>();
        if (node.routes.containsKey(Verb.GET)) {
            methods.add("HEAD");
        }
        node.routes.keySet().forEach(verb -> methods.add(verb.name()));
        methods.add("OPTIONS");
        return String.join(", ", methods);
    }

    private static Map<String, String> variables(PathTemplate template, List<String> segments) {
        var variables = new LinkedHashMap<String, String>();
        for (int i = 0; i < segments.size(); i++) {
            if (template.segments().get(i) instanceof PathTemplate.Segment.Variable(String name)) {
                variables.put(
                        name,
                        PercentCode.decode(segments.get(i), false)
                                .orElseThrow(() -> HttpFailure.badRequest("path is not percent-encoded UTF-8")));
            }
        }
        return variables;
    }
}
