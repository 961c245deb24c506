package io.posthorn.console.http;

import java.util.ArrayList;
import java.util.List;

/// A path with names where any segment may stand: `/api/queues/{vhost}/{name}`.
record PathTemplate(String text, List<Segment> segments) {
    sealed interface Segment {
        record Word(String text) implements Segment {}

        record Variable(String name) implements Segment {}
    }

    static PathTemplate of(String text) {
        var segments = new ArrayList<Segment>();
        for (String segment : split(text)) {
            segments.add(
                    segment.startsWith("{")
                            ? new Segment.Variable(segment.substring(1, segment.length() - 1))
                            : new Segment.Word(segment));
        }
        return new PathTemplate(text, List.copyOf(segments));
    }

    /// The segments of a path as it stands in the request. One `/` at the end makes no difference.
    static List<String> split(String path) {
        int end = path.length() > 1 && path.endsWith("/") ? path.length() - 1 : path.length();
        var segments = new ArrayList<String>();
        int from = 1;
        while (from <= end) {
            int slash = path.indexOf('/', from);
            int to = slash < 0 || slash > end ? end : slash;
            segments.add(path.substring(from, to));
            from = to + 1;
        }
        return segments;
    }

    List<String> variables() {
        return segments.stream()
                .filter(Segment.Variable.class::isInstance)
                .map(segment -> ((Segment.Variable) segment).name())
                .toList();
    }
}
