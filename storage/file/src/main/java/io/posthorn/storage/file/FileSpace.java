package io.posthorn.storage.file;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Where journal files come from and where files go: prepares zero-filled ones, takes them back, and gives the
/// space of all others back to the file system. In the background a piece at a time, so that nobody's sync waits
/// long behind it. Thread-safe.
final class FileSpace {
    static final String FREE = ".free";
    static final String FILLING = ".filling";
    static final String GONE = ".gone";

    private static final System.Logger LOGGER = System.getLogger(FileSpace.class.getName());

    private final Disk disk;
    private final FileOptions options;
    private final Executor background;
    private final ArrayDeque<Spare> spares = new ArrayDeque<>();
    private boolean preparing;
    private volatile boolean closed;

    FileSpace(Disk disk, FileOptions options, Executor background) {
        this.disk = disk;
        this.options = options;
        this.background = background;
    }

    /// A journal file, ready to be written to.
    record Spare(String name, long size) {}

    /// Takes over what an earlier process left behind.
    void adopt(String name) throws IOException {
        if (name.endsWith(FREE)) {
            long size = sizeOf(name);
            if (spares.size() < options.spareJournals() && isRecyclable(size)) {
                spares.add(new Spare(name, size));
            } else {
                reclaim(name);
            }
        } else if (name.endsWith(GONE)) {
            reclaim(name);
        } else if (name.endsWith(FILLING)) {
            disk.delete(name);
        }
    }

    /// A file prepared before, or one made now: then as small as will do, for somebody waits.
    Spare take(long capacity, LongFunction<String> names, long id) throws IOException {
        synchronized (this) {
            Spare spare = spares.poll();
            if (spare != null) {
                return spare;
            }
        }
        long size = HeaderBlock.BLOCK_BYTES + Math.min(capacity, options.firstJournalBytes());
        String name = names.apply(id) + FILLING;
        try (var file = disk.create(name)) {
            fill(file, 0, size);
            file.sync();
        } catch (IOException failure) {
            deleteQuietly(name);
            throw failure;
        }
        return new Spare(name, size);
    }

    /// Sees to it that the next journal finds a file. The name is of an id that no segment gets.
    void prepare(String name) {
        synchronized (this) {
            if (preparing || closed || spares.size() >= options.spareJournals()) {
                return;
            }
            preparing = true;
        }
        background.execute(() -> fillFrom(name, 0));
    }

    private void fillFrom(String name, long from) {
        long size = HeaderBlock.BLOCK_BYTES + options.journalBytes();
        long to = Math.min(size, from + options.reclaimStepBytes());
        try {
            if (closed) {
                return;
            }
            try (var file = from == 0 ? disk.create(name + FILLING) : disk.open(name + FILLING)) {
                fill(file, from, to);
                file.sync();
            }
            if (to < size) {
                background.execute(() -> fillFrom(name, to));
                return;
            }
            disk.rename(name + FILLING, name + FREE);
            synchronized (this) {
                preparing = false;
                spares.add(new Spare(name + FREE, size));
            }
        } catch (IOException failure) {
            synchronized (this) {
                preparing = false;
            }
            LOGGER.log(Level.WARNING, "a journal file could not be prepared: {0}", failure.toString());
            deleteQuietly(name + FILLING);
        }
    }

    private static void fill(DiskFile file, long from, long to) throws IOException {
        var zeros = ByteBuffer.allocate((int) Math.min(64 * 1024, to - from));
        for (long at = from; at < to; ) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), to - at));
            int count = zeros.limit();
            file.write(at, List.of(zeros));
            at += count;
        }
    }

    /// Takes back the file of a deleted journal, to be used again.
    void recycle(String name, String base) throws IOException {
        long size = sizeOf(name);
        boolean wanted;
        synchronized (this) {
            wanted = isRecyclable(size) && spares.size() < options.spareJournals() + 1 && !closed;
        }
        if (!wanted) {
            giveBack(name, base);
            return;
        }
        disk.rename(name, base + FREE);
        // Before the next segment's header goes in: else a crash could bring the deleted one's name back, with
        // bytes of another under it.
        disk.syncDirectory();
        synchronized (this) {
            spares.add(new Spare(base + FREE, size));
        }
    }

    private boolean isRecyclable(long size) {
        return size >= options.journalBytes() && size <= 2 * (options.journalBytes() + HeaderBlock.BLOCK_BYTES);
    }

    /// Takes the file's name away at once and its space a piece at a time.
    void giveBack(String name, String base) throws IOException {
        disk.rename(name, base + GONE);
        disk.syncDirectory();
        reclaim(base + GONE);
    }

    private void reclaim(String name) {
        if (!closed) {
            background.execute(() -> reclaimStep(name));
        }
    }

    private void reclaimStep(String name) {
        try {
            if (closed) {
                return;
            }
            long left;
            try (var file = disk.open(name)) {
                left = Math.max(0, file.size() - options.reclaimStepBytes());
                file.truncate(left);
            }
            if (left > 0) {
                reclaim(name);
            } else {
                disk.delete(name);
            }
        } catch (IOException failure) {
            LOGGER.log(Level.WARNING, "{0} could not be given back: {1}", name, failure.toString());
        }
    }

    private long sizeOf(String name) throws IOException {
        try (var file = disk.open(name)) {
            return file.size();
        }
    }

    private void deleteQuietly(String name) {
        @Nullable IOException failed = null;
        try {
            FactFiles.deleteIfThere(disk, name);
        } catch (IOException failure) {
            failed = failure;
        }
        if (failed != null) {
            LOGGER.log(Level.WARNING, "{0} could not be deleted: {1}", name, failed.toString());
        }
    }

    /// What was begun ends at its next piece; what is left is taken up by the next process.
    void close() {
        closed = true;
    }
}
