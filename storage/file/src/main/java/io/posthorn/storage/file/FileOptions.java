package io.posthorn.storage.file;

/// How a [FileSegmentStore] keeps its files.
///
/// @param journalBytes size of a journal file prepared in the background
/// @param firstJournalBytes size of one that has to be made while somebody waits: on the first start, or when
/// preparing did not keep up
/// @param spareJournals prepared files kept ready
/// @param openReaders files kept open for reading
/// @param reclaimStepBytes how much of a deleted file is given back at once: freeing a large file in one go
/// stalls everybody's syncs
public record FileOptions(
        long journalBytes, long firstJournalBytes, int spareJournals, int openReaders, long reclaimStepBytes) {
    private static final long MIB = 1024 * 1024;

    public FileOptions {
        if (journalBytes < 8 * 1024 || firstJournalBytes < 8 * 1024 || reclaimStepBytes <= 0) {
            throw new IllegalArgumentException("files too small");
        }
        if (spareJournals < 0 || openReaders < 1) {
            throw new IllegalArgumentException("too few files");
        }
    }

    public static FileOptions defaults() {
        return new FileOptions(256 * MIB, 16 * MIB, 1, 256, 8 * MIB);
    }
}
