package io.posthorn.log;

/// A storage at one instant, for metrics and alarms.
///
/// @param appendedBytes bytes appended to the journal since start
/// @param syncs syncs since start
/// @param liveJournalBytes journal not yet rolled over
/// @param dataBytes bytes held in data segments
/// @param freeBytes room left on the device, `Long.MAX_VALUE` where that has no meaning
/// @param openFiles files held open
/// @param tailBytes memory held by the journal's tail and by volatile logs
/// @param tornBytes bytes cut off behind the last complete entry when the storage was opened
/// @param damagedRanges ranges found damaged since the storage was opened
/// @param cleanlyClosed whether the last owner closed this storage in order
/// @param recoveredFrom the journal position at which the last recovery began to read
/// @param spaceLow whether free space is below the low-water mark
public record StorageHealth(
        long appendedBytes,
        long syncs,
        long liveJournalBytes,
        long dataBytes,
        long freeBytes,
        int openFiles,
        long tailBytes,
        long tornBytes,
        int damagedRanges,
        boolean cleanlyClosed,
        long recoveredFrom,
        boolean spaceLow) {}
