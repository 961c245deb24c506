package io.posthorn.storage.file;

import io.posthorn.log.LogException;
import io.posthorn.log.SegmentStore.AddressRange;
import io.posthorn.log.SegmentStore.Kind;
import io.posthorn.log.SegmentStore.SealedSegment;
import io.posthorn.log.SegmentStore.SegmentId;
import io.posthorn.log.SegmentStore.SegmentInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One segment and its file: what is known of it, and the steps of its life. Its monitor keeps appending and
/// sealing apart; only one thread appends.
final class SegmentFile {
    private static final ByteBuffer PADDING =
            ByteBuffer.allocate(HeaderBlock.SECTOR).asReadOnlyBuffer();

    final SegmentId id;
    final Kind kind;
    final String name;

    private final @Nullable HeaderBlock header;
    private State state;
    private int readers;
    private boolean deleted;
    private @Nullable Seal seal;

    /// Where the next entry begins, while this process writes.
    private long end = HeaderBlock.BLOCK_BYTES;

    private long sequence;

    private enum State {
        /// Appended by this process, and everything acknowledged.
        WRITING,
        /// An earlier process wrote it, or the last append failed: the last entry may be in the page cache only.
        IN_DOUBT,
        SEALED
    }

    private SegmentFile(SegmentId id, Kind kind, String name, @Nullable HeaderBlock header, State state) {
        this.id = id;
        this.kind = kind;
        this.name = name;
        this.header = header;
        this.state = state;
    }

    static SegmentFile created(HeaderBlock header, String name) {
        return new SegmentFile(header.id(), header.kind(), name, header, State.WRITING);
    }

    /// As found by a new process.
    ///
    /// @param block the first bytes of the file
    /// @param size of the file
    static SegmentFile found(SegmentId id, Kind kind, String name, ByteBuffer block, long size) {
        HeaderBlock header = HeaderBlock.parse(block, id);
        if (header == null) {
            // Nothing can be checked without the salt. All of it counts as damaged; raw reads still work.
            var lost = new SegmentFile(id, kind, name, null, State.SEALED);
            var all = size > HeaderBlock.BLOCK_BYTES
                    ? List.of(new AddressRange(HeaderBlock.BLOCK_BYTES, size))
                    : List.<AddressRange>of();
            lost.seal = new Seal(Math.max(size, HeaderBlock.BLOCK_BYTES), 0, 0, size, size, all);
            return lost;
        }
        var segment = new SegmentFile(id, kind, name, header, State.IN_DOUBT);
        Seal seal = Seal.parse(block, header.salt());
        if (seal != null) {
            segment.sealedWith(seal);
        }
        return segment;
    }

    /// Appends one entry; durable on return when this is a journal.
    synchronized long append(DiskFile file, List<ByteBuffer> entry, int length) {
        switch (state) {
            case WRITING -> {
                // the only state in which the end is known
            }
            case IN_DOUBT ->
                throw new LogException.Poisoned("segment " + this + " takes no more: an earlier write failed", null);
            case SEALED -> throw new LogException.Fenced("segment " + this + " is sealed");
        }
        state = State.IN_DOUBT;
        try {
            write(file, entry, length);
            if (kind == Kind.JOURNAL) {
                file.sync();
            }
        } catch (IOException failure) {
            throw kind != Kind.JOURNAL && DiskFailures.isFull(failure)
                    ? DiskFailures.harmless("appending to segment " + this, failure)
                    : DiskFailures.unknown("appending to segment " + this, failure);
        }
        state = State.WRITING;
        long address = end + EntryHeader.BYTES;
        end += EntryHeader.framed(length);
        sequence++;
        return address;
    }

    private void write(DiskFile file, List<ByteBuffer> entry, int length) throws IOException {
        var buffers = new ArrayList<ByteBuffer>(entry.size() + 2);
        buffers.add(EntryHeader.of(entry, length, sequence, salt()));
        buffers.addAll(entry);
        // To the end of the sector, so that no later write touches a sector with confirmed bytes.
        int padding = (int) (EntryHeader.framed(length) - EntryHeader.BYTES - length);
        buffers.add(PADDING.slice(0, padding));
        file.write(end, buffers);
    }

    synchronized boolean fits(long bytes) {
        long limit = HeaderBlock.BLOCK_BYTES + (header == null ? 0 : header.capacity());
        boolean empty = end == HeaderBlock.BLOCK_BYTES;
        return bytes <= EntryHeader.MAX_LENGTH && (empty || end + EntryHeader.framed(bytes) <= limit);
    }

    /// Makes everything written durable. A failure kills the writer.
    synchronized void sync(DiskFile file) {
        if (state != State.WRITING) {
            throw new LogException.Poisoned("segment " + this + " takes no more", null);
        }
        state = State.IN_DOUBT;
        try {
            file.sync();
        } catch (IOException failure) {
            throw DiskFailures.unknown("syncing segment " + this, failure);
        }
        state = State.WRITING;
    }

    /// Ends it in order, by its writer.
    synchronized SealedSegment seal(DiskFile file) {
        return switch (state) {
            case IN_DOUBT ->
                throw new LogException.Poisoned("segment " + this + " cannot be sealed by its writer", null);
            case SEALED -> throw new LogException.Fenced("segment " + this + " is sealed");
            case WRITING -> {
                state = State.IN_DOUBT;
                yield sealAtEnd(file);
            }
        };
    }

    /// Ends it, whoever writes it.
    synchronized SealedSegment fenceAndSeal(DiskFile file) {
        return switch (state) {
            case SEALED -> sealed();
            // An append holds the monitor: whoever is here finds it acknowledged or failed.
            case WRITING -> {
                state = State.IN_DOUBT;
                yield sealAtEnd(file);
            }
            case IN_DOUBT -> {
                try {
                    yield sealedWith(TailRepair.settle(file, kind, salt()), file);
                } catch (IOException failure) {
                    throw DiskFailures.unknown("sealing segment " + this, failure);
                }
            }
        };
    }

    private SealedSegment sealAtEnd(DiskFile file) {
        try {
            if (kind == Kind.DATA) {
                file.sync();
            }
            return sealedWith(new Seal(end, sequence, 0, end, end, List.of()), file);
        } catch (IOException failure) {
            throw DiskFailures.unknown("sealing segment " + this, failure);
        }
    }

    /// Everything before the seal is durable when this is called.
    private SealedSegment sealedWith(Seal seal, DiskFile file) throws IOException {
        for (int at : new int[] {HeaderBlock.SEAL_AT, HeaderBlock.COPY_AT + HeaderBlock.SEAL_AT}) {
            file.write(at, List.of(seal.toSector(salt())));
        }
        if (kind != Kind.SPILL) {
            file.sync();
        }
        return sealedWith(seal);
    }

    private SealedSegment sealedWith(Seal seal) {
        this.seal = seal;
        state = State.SEALED;
        return seal.of(id);
    }

    synchronized boolean isSealed() {
        return state == State.SEALED;
    }

    synchronized SealedSegment sealed() {
        return seal().of(id);
    }

    /// Its entries, as far as it has been written now.
    synchronized @Nullable EntryScanner scanner(EntryScanner.Source source, long size) {
        if (header == null) {
            return null;
        }
        return new EntryScanner(source, salt(), seal == null ? size : Math.min(seal.end(), size));
    }

    /// Where to go on when the scan has come to this address: behind what a later entry repeats.
    synchronized long skipSuperseded(long address) {
        return seal != null && address >= seal.superseded() && address < seal.supersededEnd()
                ? seal.supersededEnd()
                : address;
    }

    synchronized SegmentInfo info(long size) {
        long bytes = seal != null ? seal.end() : state == State.WRITING ? end : size;
        return new SegmentInfo(id, kind, state == State.SEALED, bytes);
    }

    /// False when it has been deleted.
    synchronized boolean pin() {
        if (deleted) {
            return false;
        }
        readers++;
        return true;
    }

    /// Whether its file may be given back now.
    synchronized boolean unpin() {
        readers--;
        return deleted && readers == 0;
    }

    /// Whether its file may be given back now.
    synchronized boolean markDeleted() {
        if (state != State.SEALED) {
            throw new IllegalStateException("segment " + this + " is deleted before it is sealed");
        }
        boolean first = !deleted;
        deleted = true;
        return first && readers == 0;
    }

    private long salt() {
        return known(header).salt();
    }

    private Seal seal() {
        return known(seal);
    }

    private <T> T known(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("segment " + this + " is " + state);
        }
        return part;
    }

    @Override
    public String toString() {
        return name;
    }
}
