package io.posthorn.log;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Which logs share data segments: those whose records die alike, and a log with much data shares with nobody.
final class DataLayout {
    private record Part(JournaledLog log, RetentionClass retention, boolean own) {}

    private final List<Part> parts = new ArrayList<>();
    private final long ownFrom;

    /// @param ownFrom bytes from which on a log has segments of its own
    DataLayout(long ownFrom) {
        this.ownFrom = ownFrom;
    }

    void add(JournaledLog log, long bytes) {
        parts.add(new Part(log, log.retention(), bytes >= ownFrom));
    }

    /// In order of their numbers within a group.
    List<List<JournaledLog>> groups() {
        parts.sort(Comparator.comparing(Part::own)
                .thenComparing(Part::retention)
                .thenComparingLong(part -> part.log().id().value()));
        var groups = new ArrayList<List<JournaledLog>>();
        Part before = null;
        for (Part part : parts) {
            if (before == null || part.own() || part.retention() != before.retention()) {
                groups.add(new ArrayList<>());
            }
            groups.getLast().add(part.log());
            before = part;
        }
        return groups;
    }
}
