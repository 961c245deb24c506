package io.posthorn.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// What a storage consists of: the one fact that says which segments count.
///
/// @param epoch of the owner; one more at every open
/// @param clean whether the owner has closed in order
/// @param rolledPosition the journal before this is in data segments, as far as it is still live
/// @param snapshotPosition where the last complete snapshot begins; 0 without one
/// @param journal in order of their positions; the last may still be empty
/// @param data in no order
record Manifest(
        long epoch,
        boolean clean,
        long rolledPosition,
        long snapshotPosition,
        List<JournalPart> journal,
        List<DataPart> data) {
    private static final int MAGIC = 0x50484A4D; // "PHJM"
    private static final int VERSION = 1;
    private static final int FIXED = 4 + 4 + 8 + 4 + 8 + 8 + 4 + 4;
    private static final int JOURNAL_PART = 16;
    private static final int DATA_PART = 28;

    static final Manifest EMPTY = new Manifest(0, true, 0, 0, List.of(), List.of());

    /// @param firstPosition of its first entry; -1 while that is not known
    record JournalPart(SegmentStore.SegmentId id, long firstPosition) {}

    /// @param footerAddress of the frame that holds the index
    /// @param footerLength of that frame
    /// @param bytes of frames
    record DataPart(SegmentStore.SegmentId id, long footerAddress, int footerLength, long bytes) {}

    Manifest {
        journal = List.copyOf(journal);
        data = List.copyOf(data);
    }

    Manifest owned() {
        return new Manifest(epoch + 1, false, rolledPosition, snapshotPosition, journal, data);
    }

    Manifest closed() {
        return new Manifest(epoch, true, rolledPosition, snapshotPosition, journal, data);
    }

    Manifest withJournal(List<JournalPart> parts) {
        return new Manifest(epoch, clean, rolledPosition, snapshotPosition, parts, data);
    }

    Manifest withSnapshot(long position) {
        return new Manifest(epoch, clean, rolledPosition, position, journal, data);
    }

    Manifest withRolledPosition(long position) {
        return new Manifest(epoch, clean, position, snapshotPosition, journal, data);
    }

    Manifest withData(List<DataPart> parts) {
        return new Manifest(epoch, clean, rolledPosition, snapshotPosition, journal, parts);
    }

    /// Where recovery begins to read.
    long recoveryPosition() {
        return Math.min(rolledPosition, snapshotPosition);
    }

    Bytes encode() {
        int size = FIXED + 4 + journal.size() * JOURNAL_PART + data.size() * DATA_PART;
        var out = ByteBuffer.allocate(size);
        out.putInt(MAGIC).putInt(VERSION).putLong(epoch).putInt(clean ? 1 : 0);
        out.putLong(rolledPosition).putLong(snapshotPosition);
        out.putInt(journal.size()).putInt(data.size());
        for (JournalPart part : journal) {
            out.putLong(part.id().value()).putLong(part.firstPosition());
        }
        for (DataPart part : data) {
            out.putLong(part.id().value()).putLong(part.footerAddress());
            out.putInt(part.footerLength()).putLong(part.bytes());
        }
        out.putInt(checksum(out.array(), size - 4));
        return new Bytes(out.array());
    }

    /// @throws LogException.Unusable when this is not a manifest, or a newer one
    static Manifest decode(Bytes bytes) {
        ByteBuffer in = bytes.asByteBuffer();
        if (in.remaining() < FIXED + 4 || in.getInt() != MAGIC) {
            throw new LogException.Unusable("the journal's manifest is not one", null);
        }
        int version = in.getInt();
        if (version > VERSION) {
            throw new LogException.Unusable(
                    "the journal has format %d, and this program knows up to %d".formatted(version, VERSION), null);
        }
        if (checksum(bytes.toByteArray(), bytes.length() - 4) != in.getInt(bytes.length() - 4)) {
            throw new LogException.Unusable("the journal's manifest is damaged", null);
        }
        long epoch = in.getLong();
        boolean clean = in.getInt() == 1;
        long rolledPosition = in.getLong();
        long snapshotPosition = in.getLong();
        int journalParts = in.getInt();
        int dataParts = in.getInt();
        var journal = new ArrayList<JournalPart>(journalParts);
        for (int i = 0; i < journalParts; i++) {
            journal.add(new JournalPart(new SegmentStore.SegmentId(in.getLong()), in.getLong()));
        }
        var data = new ArrayList<DataPart>(dataParts);
        for (int i = 0; i < dataParts; i++) {
            data.add(new DataPart(new SegmentStore.SegmentId(in.getLong()), in.getLong(), in.getInt(), in.getLong()));
        }
        return new Manifest(epoch, clean, rolledPosition, snapshotPosition, journal, data);
    }

    private static int checksum(byte[] array, int length) {
        var crc = new CRC32C();
        crc.update(array, 0, length);
        return (int) crc.getValue();
    }
}
