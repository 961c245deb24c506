package io.posthorn.log;

import java.util.HashSet;
import java.util.Set;

/// Counts and logs what was found damaged, each place once.
final class DamageReport {
    private static final System.Logger LOGGER = System.getLogger(DamageReport.class.getName());

    /// Places remembered: a disk that fails altogether must not fill the memory.
    private static final int MOST_PLACES = 10_000;

    private final Set<String> places = new HashSet<>();
    private int count;
    private long tornBytes;

    /// @param place the same text for the same damage
    synchronized void damaged(String place) {
        if (places.size() < MOST_PLACES && places.add(place)) {
            count++;
            LOGGER.log(System.Logger.Level.ERROR, "damaged: {0}; everything else is served", place);
        }
    }

    synchronized void torn(String place, long bytes) {
        tornBytes += bytes;
        LOGGER.log(
                System.Logger.Level.WARNING,
                "{0}: cut off {1} bytes of an entry that was not completely written; nothing of it was confirmed",
                place,
                bytes);
    }

    synchronized int damagedRanges() {
        return count;
    }

    synchronized long tornBytes() {
        return tornBytes;
    }
}
