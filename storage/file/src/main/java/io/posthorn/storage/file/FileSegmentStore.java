package io.posthorn.storage.file;

import io.posthorn.log.Bytes;
import io.posthorn.log.LogException;
import io.posthorn.log.MetaStore.Versioned;
import io.posthorn.log.SegmentReader;
import io.posthorn.log.SegmentStore;
import io.posthorn.log.SegmentWriter;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Segments as files of one directory. Thread-safe.
///
/// Journal files have a fixed size, are filled with zeros before they are used, and are used again and again;
/// data files grow and are given back; spilled ones are deleted when the store is opened.
public final class FileSegmentStore implements SegmentStore {
    private static final System.Logger LOGGER = System.getLogger(FileSegmentStore.class.getName());
    private static final String GENERATION_FILE = "generation";

    /// Ids are the generation and a count within it, so that none is ever given twice.
    private static final int GENERATION_SHIFT = 32;

    /// Where the generation had to be guessed from the segments that are still there.
    private static final long GENERATIONS_SKIPPED = 1024;

    private final Disk disk;
    private final long generation;
    private final AtomicLong lastId;
    private final LongSupplier salts;
    private final FileSpace space;
    private final Handles handles;
    private final ConcurrentHashMap<SegmentId, SegmentFile> segments = new ConcurrentHashMap<>();
    private final AtomicInteger writers = new AtomicInteger();

    private FileSegmentStore(Disk disk, FileOptions options, long generation, Executor background, LongSupplier salts) {
        this.disk = disk;
        this.generation = generation;
        this.lastId = new AtomicLong(generation << GENERATION_SHIFT);
        this.salts = salts;
        this.space = new FileSpace(disk, options, background);
        this.handles = new Handles(disk, options.openReaders());
    }

    /// @param disk a directory that this process has to itself
    /// @param background where files are prepared and given back, a piece at a time
    /// @param salts random numbers
    public static FileSegmentStore open(Disk disk, FileOptions options, Executor background, LongSupplier salts) {
        try {
            List<String> names = disk.list();
            var store = new FileSegmentStore(disk, options, nextGeneration(disk, names), background, salts);
            for (String name : names) {
                store.adopt(name);
            }
            // Names that the owner before did not get to sync are acted upon from here on.
            disk.syncDirectory();
            return store;
        } catch (IOException failure) {
            throw new LogException.Unusable("the segments cannot be opened: " + failure, failure);
        }
    }

    private static long nextGeneration(Disk disk, List<String> names) throws IOException {
        var facts = new FactFiles(disk);
        long last;
        try {
            last = facts.read(GENERATION_FILE).map(Versioned::version).orElse(0L);
        } catch (LogException.Unusable damaged) {
            LOGGER.log(Level.WARNING, "{0}; going on from the segments that there are", damaged.getMessage());
            last = GENERATIONS_SKIPPED;
            for (String name : names) {
                SegmentId id = idOf(name);
                last = Math.max(last, id == null ? 0 : (id.value() >>> GENERATION_SHIFT) + GENERATIONS_SKIPPED);
            }
        }
        facts.write(GENERATION_FILE, new Versioned(Bytes.EMPTY, last + 1));
        return last + 1;
    }

    private void adopt(String name) throws IOException {
        SegmentId id = idOf(name);
        if (id == null) {
            return;
        }
        Kind kind = kindOf(name);
        if (kind == null) {
            if (name.endsWith(FactFiles.ASIDE)) {
                disk.delete(name);
            } else {
                space.adopt(name);
            }
        } else if (kind == Kind.SPILL) {
            space.giveBack(name, baseOf(id));
        } else {
            var block = ByteBuffer.allocate(HeaderBlock.BLOCK_BYTES);
            try (var file = disk.open(name)) {
                file.read(0, block);
                segments.put(id, SegmentFile.found(id, kind, name, block.flip(), file.size()));
            }
        }
    }

    @Override
    public SegmentWriter create(SegmentSpec spec) {
        var id = new SegmentId(lastId.incrementAndGet());
        try {
            return spec.kind() == Kind.JOURNAL ? createJournal(id, spec) : createGrowing(id, spec);
        } catch (IOException failure) {
            throw DiskFailures.harmless("creating a segment", failure);
        }
    }

    private SegmentWriter createJournal(SegmentId id, SegmentSpec spec) throws IOException {
        FileSpace.Spare spare = space.take(spec.capacity(), value -> baseOf(new SegmentId(value)), id.value());
        long capacity = Math.min(spec.capacity(), spare.size() - HeaderBlock.BLOCK_BYTES);
        SegmentWriter writer = begin(disk.open(spare.name()), spare.name(), header(id, spec, capacity));
        space.prepare(baseOf(new SegmentId(lastId.incrementAndGet())));
        return writer;
    }

    private SegmentWriter createGrowing(SegmentId id, SegmentSpec spec) throws IOException {
        String aside = baseOf(id) + FactFiles.ASIDE;
        return begin(disk.create(aside), aside, header(id, spec, spec.capacity()));
    }

    private HeaderBlock header(SegmentId id, SegmentSpec spec, long capacity) {
        return new HeaderBlock(id, spec.kind(), generation, salts.getAsLong(), spec.epoch(), capacity);
    }

    /// The header is durable before the file gets its name, and the name before the first entry.
    private SegmentWriter begin(DiskFile file, String unnamed, HeaderBlock header) throws IOException {
        var segment = SegmentFile.created(header, nameOf(header.id(), header.kind()));
        try {
            file.write(0, List.of(header.toBlock()));
            if (header.kind() == Kind.SPILL) {
                disk.rename(unnamed, segment.name);
            } else {
                file.sync();
                disk.rename(unnamed, segment.name);
                disk.syncDirectory();
            }
        } catch (IOException failure) {
            file.close();
            throw failure;
        }
        segments.put(segment.id, segment);
        writers.incrementAndGet();
        return new FileSegmentWriter(segment, file, writers::decrementAndGet);
    }

    @Override
    public SegmentReader open(SegmentId id) {
        SegmentFile segment = segments.get(id);
        if (segment == null || !segment.pin()) {
            throw new LogException.Unusable("there is no segment " + baseOf(id), null);
        }
        return new FileSegmentReader(segment, handles, () -> {
            if (segment.unpin()) {
                letGo(segment);
            }
        });
    }

    @Override
    public SealedSegment fenceAndSeal(SegmentId id) {
        SegmentFile segment = segments.get(id);
        if (segment == null) {
            throw new LogException.Unusable("there is no segment " + baseOf(id), null);
        }
        if (segment.isSealed()) {
            return segment.sealed();
        }
        try {
            return handles.use(segment.name, segment::fenceAndSeal);
        } catch (IOException failure) {
            throw DiskFailures.unknown("sealing segment " + segment, failure);
        }
    }

    @Override
    public void delete(SegmentId id) {
        SegmentFile segment = segments.get(id);
        if (segment != null && segment.markDeleted()) {
            letGo(segment);
        }
    }

    /// Called once, when it is deleted and nobody reads it.
    private void letGo(SegmentFile segment) {
        try {
            handles.forget(segment.name);
            if (segment.kind == Kind.JOURNAL) {
                space.recycle(segment.name, baseOf(segment.id));
            } else {
                space.giveBack(segment.name, baseOf(segment.id));
            }
        } catch (IOException failure) {
            // It is there again after a restart, for the sweep of orphans.
            LOGGER.log(Level.WARNING, "segment {0} could not be given back: {1}", segment, failure.toString());
        } finally {
            segments.remove(segment.id);
        }
    }

    @Override
    public List<SegmentInfo> list() {
        var infos = new ArrayList<SegmentInfo>();
        for (SegmentFile segment : segments.values()) {
            if (segment.pin()) {
                try {
                    infos.add(segment.info(handles.use(segment.name, DiskFile::size)));
                } catch (IOException failure) {
                    throw DiskFailures.harmless("listing segments", failure);
                } finally {
                    if (segment.unpin()) {
                        letGo(segment);
                    }
                }
            }
        }
        infos.sort(java.util.Comparator.comparingLong(info -> info.id().value()));
        return infos;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, EntryHeader.MAX_LENGTH);
    }

    @Override
    public long freeBytes() {
        try {
            return disk.usableBytes();
        } catch (IOException failure) {
            throw DiskFailures.harmless("asking for free space", failure);
        }
    }

    @Override
    public int openHandles() {
        return handles.count() + writers.get();
    }

    @Override
    public void close() {
        space.close();
        try {
            handles.closeAll();
        } catch (IOException failure) {
            throw DiskFailures.harmless("closing segments", failure);
        }
    }

    private static String baseOf(SegmentId id) {
        return HexFormat.of().toHexDigits(id.value());
    }

    private static String nameOf(SegmentId id, Kind kind) {
        return baseOf(id) + "." + kind.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable SegmentId idOf(String name) {
        int dot = name.indexOf('.');
        if (dot != 16) {
            return null;
        }
        try {
            return new SegmentId(HexFormat.fromHexDigitsToLong(name, 0, dot));
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private static @Nullable Kind kindOf(String name) {
        for (Kind kind : Kind.values()) {
            if (name.endsWith("." + kind.name().toLowerCase(Locale.ROOT))) {
                return kind;
            }
        }
        return null;
    }
}
