package io.posthorn.verification.simulation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/// One file: what the page cache shows, what the disk has, and which sectors differ for a reason that a sync would
/// still mend. A sector that differs and is not dirty is a ghost: a failed sync has marked it clean.
final class Inode {
    static final int SECTOR = 512;

    private byte[] cache = new byte[0];
    private int cacheSize;
    private byte[] disk = new byte[0];
    private int diskSize;
    private final BitSet dirty = new BitSet();

    int size() {
        return cacheSize;
    }

    int read(long position, ByteBuffer target) {
        int count = Math.clamp(cacheSize - position, 0, target.remaining());
        if (count > 0) {
            target.put(cache, (int) position, count);
        }
        return count;
    }

    /// Takes what the buffer has, into the page cache.
    void write(int position, ByteBuffer bytes) {
        int count = bytes.remaining();
        if (count == 0) {
            return;
        }
        int end = position + count;
        if (end > cache.length) {
            cache = Arrays.copyOf(cache, Math.max(end, cache.length * 2));
        }
        bytes.get(cache, position, count);
        cacheSize = Math.max(cacheSize, end);
        dirty.set(position / SECTOR, (end + SECTOR - 1) / SECTOR);
    }

    void truncate(int size) {
        if (size < cacheSize) {
            Arrays.fill(cache, size, cacheSize, (byte) 0);
            cacheSize = size;
            dirty.clear((size + SECTOR - 1) / SECTOR, Integer.MAX_VALUE);
        }
    }

    void sync() {
        resize(cacheSize);
        for (int sector = dirty.nextSetBit(0); sector >= 0; sector = dirty.nextSetBit(sector + 1)) {
            store(sector, SECTOR);
        }
        dirty.clear();
    }

    /// Each sector by chance reaches the disk or does not; all are taken for clean.
    void failSync(Dice dice) throws IOException {
        someSectors(dice);
        dirty.clear();
        throw new IOException("Input/output error");
    }

    /// The power goes while sectors are on their way, or before: each survives, is lost, or is torn.
    void losePower(Dice dice) {
        if (cacheSize < diskSize && dice.chance(50)) {
            resize(cacheSize);
        }
        someSectors(dice);
        dirty.clear();
        cache = Arrays.copyOf(disk, diskSize);
        cacheSize = diskSize;
    }

    private void someSectors(Dice dice) {
        // Now and then all or nothing, which independent sectors would hardly ever give.
        int bias = dice.below(4);
        for (int sector = dirty.nextSetBit(0); sector >= 0; sector = dirty.nextSetBit(sector + 1)) {
            int fate = bias == 0 ? 0 : bias == 1 ? 7 : dice.below(8);
            if (fate >= 5) {
                store(sector, SECTOR);
            } else if (fate == 4) {
                tear(sector, dice);
            }
        }
    }

    private void tear(int sector, Dice dice) {
        if (dice.chance(50)) {
            store(sector, dice.between(1, SECTOR - 1));
            return;
        }
        // Not even from front to back: eight bytes of the one, eight of the other.
        int start = sector * SECTOR;
        int end = Math.min(start + SECTOR, cacheSize);
        resize(Math.max(diskSize, end));
        for (int at = start; at < end; at += 8) {
            if (dice.chance(50)) {
                System.arraycopy(cache, at, disk, at, Math.min(8, end - at));
            }
        }
    }

    private void store(int sector, int length) {
        int start = sector * SECTOR;
        int end = Math.min(start + length, cacheSize);
        if (end > start) {
            resize(Math.max(diskSize, end));
            System.arraycopy(cache, start, disk, start, end - start);
        }
    }

    private void resize(int size) {
        if (size > disk.length) {
            disk = Arrays.copyOf(disk, Math.max(size, cacheSize));
        } else if (size < diskSize) {
            Arrays.fill(disk, size, diskSize, (byte) 0);
        }
        diskSize = size;
    }

    /// A bit of the medium changes, and of what is read from now on.
    void flip(int bit) {
        int at = bit / 8;
        if (at < diskSize && at < cacheSize) {
            disk[at] ^= (byte) (1 << bit % 8);
            cache[at] = disk[at];
        }
    }
}
