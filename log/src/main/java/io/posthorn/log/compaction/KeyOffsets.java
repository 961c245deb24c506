package io.posthorn.log.compaction;

import io.posthorn.log.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The last offset of each key, in 24 bytes of heap a key whatever its length: keys that have the first 16 bytes of
/// their SHA-256 in common count as one, which nobody has ever made happen. Confined to one thread.
final class KeyOffsets {
    /// Bytes of a slot.
    static final int SLOT_BYTES = 24;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int CELLS = 3;
    private static final int DIGEST_BYTES = 32;

    private final MessageDigest sha256 = sha256();
    private final byte[] digest = new byte[DIGEST_BYTES];

    // Of each slot: two halves of a hash, and the offset plus one; 0 where there is none.
    private final long[] cells;
    private final int slots;
    private final int most;
    private int size;

    /// @param slots room for three quarters as many keys
    KeyOffsets(int slots) {
        this.slots = slots;
        this.most = slots / 4 * 3;
        this.cells = new long[slots * CELLS];
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    int size() {
        return size;
    }

    /// @param offset not before that of an earlier call
    /// @return false when there is no room for another key; nothing is changed then
    boolean put(Bytes key, long offset) {
        int cell = find(key);
        if (cells[cell + 2] == 0) {
            if (size >= most) {
                return false;
            }
            size++;
            cells[cell] = high();
            cells[cell + 1] = low();
        }
        cells[cell + 2] = offset + 1;
        return true;
    }

    /// -1 for a key that is not known.
    long latest(Bytes key) {
        return cells[find(key) + 2] - 1;
    }

    /// Where the key is, or belongs.
    private int find(Bytes key) {
        hash(key);
        int slot = (int) Long.remainderUnsigned(low(), slots);
        while (true) {
            int cell = slot * CELLS;
            if (cells[cell + 2] == 0 || (cells[cell] == high() && cells[cell + 1] == low())) {
                return cell;
            }
            slot = slot + 1 == slots ? 0 : slot + 1;
        }
    }

    private void hash(Bytes key) {
        sha256.update(key.array(), key.offset(), key.length());
        try {
            sha256.digest(digest, 0, DIGEST_BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("32 bytes are what SHA-256 has", e);
        }
    }

    private long high() {
        return (long) LONGS.get(digest, 0);
    }

    private long low() {
        return (long) LONGS.get(digest, Long.BYTES);
    }
}
