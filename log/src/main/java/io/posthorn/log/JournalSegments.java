package io.posthorn.log;

import io.posthorn.log.SegmentStore.SegmentId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The journal's segments that have entries, in order of their positions. Guarded by the storage's lock.
final class JournalSegments {
    record Part(SegmentId id, EntryTable entries) {}

    private final List<Part> parts = new ArrayList<>();

    void add(Part part) {
        parts.add(part);
    }

    Part last() {
        return parts.getLast();
    }

    long firstPosition() {
        return parts.getFirst().entries().firstPosition();
    }

    int size() {
        return parts.size();
    }

    List<Part> all() {
        return List.copyOf(parts);
    }

    /// The segment that holds `position`. Where recovery has written an entry again, the younger one.
    @Nullable
    Part find(long position) {
        for (int i = parts.size() - 1; i >= 0; i--) {
            if (parts.get(i).entries().firstPosition() <= position) {
                return parts.get(i);
            }
        }
        return null;
    }

    /// Where the segment after this one begins: a younger copy of an entry hides the older.
    long endOf(int i) {
        return i + 1 < parts.size() ? parts.get(i + 1).entries().firstPosition() : Long.MAX_VALUE;
    }

    /// The segments that hold nothing from `position` on, but for the last one.
    List<SegmentId> before(long position) {
        var found = new ArrayList<SegmentId>();
        for (int i = 0; i + 1 < parts.size() && endOf(i) <= position; i++) {
            found.add(parts.get(i).id());
        }
        return found;
    }

    void remove(List<SegmentId> ids) {
        parts.removeIf(part -> ids.contains(part.id()));
    }
}
