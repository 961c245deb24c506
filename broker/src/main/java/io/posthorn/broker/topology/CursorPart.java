package io.posthorn.broker.topology;

import io.posthorn.log.LogId;
import java.util.ArrayList;
import java.util.List;

/// A cursor in one partition, as it is declared.
///
/// @param id no log, but named like one
/// @param start where the cursor begins, unless it was told to begin elsewhere since; with the first record
/// that is kept when that is gone
record CursorPart(LogId id, long start) {
    static List<LogId> ids(List<CursorPart> parts) {
        return parts.stream().map(CursorPart::id).toList();
    }

    /// @param starts of the first ones; others begin with the first record
    static List<CursorPart> of(List<LogId> ids, List<Long> starts) {
        var parts = new ArrayList<CursorPart>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            parts.add(new CursorPart(ids.get(i), i < starts.size() ? starts.get(i) : 0));
        }
        return List.copyOf(parts);
    }
}
