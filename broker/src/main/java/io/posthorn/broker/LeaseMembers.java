package io.posthorn.broker;

import io.posthorn.log.LogId;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;

/// Those of one session who compete for what is in several partitions: each is one consumer of the topic, counted
/// at the first of the partitions that it has. Confined to the session's io thread.
final class LeaseMembers {
    private final Map<Member, SequencedSet<LocalLeaseHolder>> holders = new HashMap<>();

    /// @param topic the log of its first partition
    record Member(LogId topic, String cursor, String name) {}

    void opened(LocalLeaseHolder holder) {
        SequencedSet<LocalLeaseHolder> all = holders.computeIfAbsent(holder.member(), _ -> new LinkedHashSet<>());
        holder.count(all.isEmpty());
        all.add(holder);
    }

    void closed(LocalLeaseHolder holder) {
        SequencedSet<LocalLeaseHolder> all = holders.get(holder.member());
        if (all == null || !all.remove(holder)) {
            return;
        }
        if (all.isEmpty()) {
            holders.remove(holder.member());
        } else {
            all.getFirst().count(true);
        }
    }
}
