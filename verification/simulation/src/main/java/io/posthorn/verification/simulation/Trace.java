package io.posthorn.verification.simulation;

import java.util.ArrayDeque;
import java.util.Collection;

/// What has happened in a world, as a hash of everything and the words of the last of it.
public final class Trace {
    private static final int LINES_KEPT = 4_000;

    private final boolean inWords;
    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private long hash = 0xcbf29ce484222325L;

    /// @param inWords whether words are kept; the hash always is
    public Trace(boolean inWords) {
        this.inWords = inWords;
    }

    void add(String what, String name, long first, long second) {
        mix(what.hashCode());
        mix(name.hashCode());
        mix(first);
        mix(second);
        if (inWords) {
            keep("%s %s %d %d".formatted(what, name, first, second));
        }
    }

    /// An event whose hash is made of its content.
    void add(Object event) {
        mix(event.hashCode());
        if (inWords) {
            keep(event.toString());
        }
    }

    private void keep(String line) {
        if (lines.size() == LINES_KEPT) {
            lines.removeFirst();
        }
        lines.add(line);
    }

    private void mix(long value) {
        hash = (hash ^ value) * 0x9E3779B97F4A7C15L;
        hash ^= hash >>> 29;
    }

    public long hash() {
        return hash;
    }

    public Collection<String> lines() {
        return lines;
    }
}
