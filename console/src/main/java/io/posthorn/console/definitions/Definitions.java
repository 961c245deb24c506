package io.posthorn.console.definitions;

import io.posthorn.broker.admin.AdminChange;
import java.util.List;

/// What a file says is to be so, in an order in which the broker can make it.
///
/// @param notes what in the file says nothing to us, and is passed over, each with its place
public record Definitions(List<Stated> stated, List<String> notes) {
    public Definitions {
        stated = List.copyOf(stated);
        notes = List.copyOf(notes);
    }

    /// @param place `queues[3] (line 12)`
    public record Stated(String place, AdminChange change) {}

    public List<AdminChange> changes() {
        return stated.stream().map(Stated::change).toList();
    }
}
