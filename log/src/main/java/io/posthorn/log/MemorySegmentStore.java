package io.posthorn.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Segments in memory. They live as long as this object: closing it and opening a storage on it again is a
/// restart.
///
/// Appending is durable at once as far as this model goes; what a disk may do to bytes is asked for with
/// [#damage], [#tear] and [MemoryFaults].
public final class MemorySegmentStore implements SegmentStore {
    /// Entries do not touch each other: whoever reads across them is found out.
    private static final int HOLE = 16;

    private final TreeMap<Long, Segment> segments = new TreeMap<>();
    private final MemoryFaults faults;
    private long nextId = 1;
    private int handles;
    private long limit = Long.MAX_VALUE;
    private boolean unreadable;

    public MemorySegmentStore() {
        this(new MemoryFaults());
    }

    public MemorySegmentStore(MemoryFaults faults) {
        this.faults = faults;
    }

    /// Bounds the bytes that this store takes, to model a small disk.
    public synchronized void limitTo(long bytes) {
        limit = bytes;
    }

    /// Changes one byte of the entry at this address: it is not whole any more.
    public synchronized void damage(SegmentId id, long address) {
        Stored entry = existing(id).entryAt(address);
        entry.bytes[(int) (address - entry.address)] ^= 1;
        entry.whole = false;
    }

    /// Whether nothing can be read from now on, as from a disk that fails for a while.
    public synchronized void setUnreadable(boolean unreadable) {
        this.unreadable = unreadable;
    }

    /// Cuts the last entry of the segment: its write was not completed.
    public synchronized void tear(SegmentId id) {
        var entries = existing(id).entries;
        entries.lastEntry().getValue().whole = false;
    }

    /// Addresses of the entries, in order.
    public synchronized List<Long> addresses(SegmentId id) {
        return List.copyOf(existing(id).entries.keySet());
    }

    @Override
    public synchronized SegmentWriter create(SegmentSpec spec) {
        if (spec.kind() == Kind.JOURNAL && spec.capacity() > freeBytes()) {
            throw new LogException.StorageFull("no room for a segment of " + spec.capacity() + " bytes");
        }
        var segment = new Segment(new SegmentId(nextId++), spec);
        faults.run(() -> segments.put(segment.id.value(), segment));
        handles++;
        return new Writer(segment);
    }

    @Override
    public synchronized SegmentReader open(SegmentId id) {
        Segment segment = existing(id);
        handles++;
        return new Reader(segment);
    }

    @Override
    public synchronized SealedSegment fenceAndSeal(SegmentId id) {
        Segment segment = existing(id);
        faults.run(() -> segment.sealed = true);
        return segment.seal();
    }

    @Override
    public synchronized void delete(SegmentId id) {
        Segment segment = segments.get(id.value());
        if (segment != null && !segment.sealed) {
            throw new IllegalStateException(id + " is not sealed");
        }
        faults.run(() -> segments.remove(id.value()));
    }

    @Override
    public synchronized List<SegmentInfo> list() {
        var infos = new ArrayList<SegmentInfo>();
        for (Segment segment : segments.values()) {
            infos.add(new SegmentInfo(segment.id, segment.spec.kind(), segment.sealed, segment.bytes));
        }
        return infos;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(false, Integer.MAX_VALUE - 64);
    }

    @Override
    public synchronized long freeBytes() {
        if (limit == Long.MAX_VALUE) {
            return limit;
        }
        long used = 0;
        for (Segment segment : segments.values()) {
            // As files would have it, a journal segment takes its room from the start.
            used += segment.spec.kind() == Kind.JOURNAL ? segment.spec.capacity() : segment.bytes;
        }
        return Math.max(0, limit - used);
    }

    @Override
    public synchronized int openHandles() {
        return handles;
    }

    @Override
    public void close() {
        // Segments outlive the process that is modelled here.
    }

    private Segment existing(SegmentId id) {
        Segment segment = segments.get(id.value());
        if (segment == null) {
            throw new LogException.Unusable("there is no " + id, null);
        }
        return segment;
    }

    private static final class Stored {
        final long address;
        final byte[] bytes;
        boolean whole = true;

        Stored(long address, byte[] bytes) {
            this.address = address;
            this.bytes = bytes;
        }

        /// An empty entry takes an address, too: whoever goes on from its end must not find it again.
        long end() {
            return address + Math.max(1, bytes.length);
        }
    }

    private static final class Segment {
        final SegmentId id;
        final SegmentSpec spec;
        final TreeMap<Long, Stored> entries = new TreeMap<>();
        long bytes;
        boolean sealed;

        Segment(SegmentId id, SegmentSpec spec) {
            this.id = id;
            this.spec = spec;
        }

        Stored entryAt(long address) {
            var floor = entries.floorEntry(address);
            if (floor == null || address >= floor.getValue().end()) {
                throw new LogException.Damaged(id + " has nothing at " + address, 0);
            }
            return floor.getValue();
        }

        SealedSegment seal() {
            long torn = 0;
            while (!entries.isEmpty() && !entries.lastEntry().getValue().whole) {
                torn += entries.pollLastEntry().getValue().bytes.length;
            }
            var damaged = new ArrayList<AddressRange>();
            for (Stored entry : entries.values()) {
                if (!entry.whole) {
                    damaged.add(new AddressRange(entry.address, entry.end()));
                }
            }
            long end = entries.isEmpty() ? 0 : entries.lastEntry().getValue().end();
            return new SealedSegment(id, end, torn, damaged);
        }
    }

    private final class Writer implements SegmentWriter {
        private final Segment segment;
        private boolean dead;
        private boolean open = true;

        Writer(Segment segment) {
            this.segment = segment;
        }

        @Override
        public SegmentId id() {
            return segment.id;
        }

        @Override
        public CompletionStage<Long> append(List<ByteBuffer> entry) {
            synchronized (MemorySegmentStore.this) {
                checkUsable();
                int size = entry.stream().mapToInt(ByteBuffer::remaining).sum();
                if (!fits(size)) {
                    throw new IllegalStateException(size + " bytes do not fit into " + segment.id);
                }
                var stored = new Stored(segment.bytes + HOLE, new byte[size]);
                var target = ByteBuffer.wrap(stored.bytes);
                entry.forEach(buffer -> target.put(buffer.duplicate()));
                write(() -> {
                    segment.entries.put(stored.address, stored);
                    segment.bytes = stored.end();
                });
                return CompletableFuture.completedFuture(stored.address);
            }
        }

        @Override
        public boolean fits(long bytes) {
            return segment.bytes + HOLE + bytes <= segment.spec.capacity();
        }

        @Override
        public void sync() {
            synchronized (MemorySegmentStore.this) {
                checkUsable();
                write(() -> {});
            }
        }

        @Override
        public SealedSegment seal() {
            synchronized (MemorySegmentStore.this) {
                checkUsable();
                write(() -> segment.sealed = true);
                close();
                return segment.seal();
            }
        }

        private void checkUsable() {
            if (segment.sealed) {
                dead = true;
                throw new LogException.Fenced(segment.id + " was sealed by a newer owner");
            }
            if (dead || !open) {
                throw new LogException.Poisoned("the writer of " + segment.id + " has failed", null);
            }
        }

        private void write(Runnable change) {
            try {
                faults.run(change);
            } catch (RuntimeException e) {
                dead = true;
                throw new LogException.Poisoned("writing to " + segment.id + " failed", e);
            }
        }

        @Override
        public void close() {
            synchronized (MemorySegmentStore.this) {
                handles -= open ? 1 : 0;
                open = false;
            }
        }
    }

    private final class Reader implements SegmentReader {
        private final Segment segment;
        private boolean open = true;

        Reader(Segment segment) {
            this.segment = segment;
        }

        @Override
        public SegmentId id() {
            return segment.id;
        }

        @Override
        public @Nullable Entry next(long address) {
            synchronized (MemorySegmentStore.this) {
                for (Stored entry : segment.entries.tailMap(address).values()) {
                    if (entry.whole) {
                        return new Entry(entry.address, new Bytes(entry.bytes), entry.end());
                    }
                }
                return null;
            }
        }

        @Override
        public void read(long address, ByteBuffer target) {
            synchronized (MemorySegmentStore.this) {
                if (unreadable) {
                    throw new LogException.Unreadable(segment.id + " cannot be read", null);
                }
                Stored entry = segment.entryAt(address);
                int from = (int) (address - entry.address);
                if (entry.bytes.length - from < target.remaining()) {
                    throw new LogException.Damaged(segment.id + " is shorter than expected at " + address, 0);
                }
                target.put(entry.bytes, from, target.remaining());
            }
        }

        @Override
        public void close() {
            synchronized (MemorySegmentStore.this) {
                handles -= open ? 1 : 0;
                open = false;
            }
        }
    }
}
