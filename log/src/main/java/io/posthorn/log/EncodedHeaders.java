package io.posthorn.log;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/// Headers as they stand in a record. They become objects when somebody asks for one: most travel as they are, and
/// are copied into the next record in one piece.
///
/// Immutable, but for what was read of them: for one thread at a time.
public final class EncodedHeaders extends AbstractList<RecordHeader> implements RandomAccess {
    /// None.
    public static final EncodedHeaders NONE = new EncodedHeaders(0, Bytes.EMPTY);

    private final int count;
    private final Bytes bytes;
    private RecordHeader @Nullable [] read;
    private int @Nullable [] lengths;

    /// @param bytes well-formed: whoever makes these has walked over them, or written them
    EncodedHeaders(int count, Bytes bytes) {
        this.count = count;
        this.bytes = bytes;
    }

    /// These headers, written if they are not yet.
    public static EncodedHeaders of(List<RecordHeader> headers) {
        if (headers instanceof EncodedHeaders encoded) {
            return encoded;
        }
        if (headers.isEmpty()) {
            return NONE;
        }
        var array = new byte[sizeOf(headers)];
        put(array, 0, headers);
        return new EncodedHeaders(headers.size(), new Bytes(array));
    }

    /// Bytes that headers take in a record.
    static int sizeOf(List<RecordHeader> headers) {
        if (headers instanceof EncodedHeaders encoded) {
            return encoded.bytes.length();
        }
        int size = 0;
        for (int i = 0; i < headers.size(); i++) {
            size = Math.addExact(size, Fields.size(headers.get(i).name()));
            size = Math.addExact(size, Fields.size(headers.get(i).value()));
        }
        return size;
    }

    /// @return the index behind them
    static int put(byte[] target, int start, List<RecordHeader> headers) {
        if (headers instanceof EncodedHeaders encoded) {
            Bytes from = encoded.bytes;
            System.arraycopy(from.array(), from.offset(), target, start, from.length());
            return start + from.length();
        }
        int at = start;
        for (int i = 0; i < headers.size(); i++) {
            at = Fields.put(target, at, headers.get(i).name());
            at = Fields.put(target, at, headers.get(i).value());
        }
        return at;
    }

    @Override
    public int size() {
        return count;
    }

    @Override
    public RecordHeader get(int index) {
        Objects.checkIndex(index, count);
        RecordHeader[] known = read;
        if (known == null) {
            known = new RecordHeader[count];
            var walk = new Walk();
            for (int i = 0; i < count; i++) {
                known[i] = new RecordHeader(Objects.requireNonNull(walk.next()), walk.next());
            }
            read = known;
        }
        return known[index];
    }

    /// Names and values, each behind its length, one behind the other.
    public Bytes bytes() {
        return bytes;
    }

    /// The same in an array of its own.
    public EncodedHeaders copy() {
        return new EncodedHeaders(count, bytes.copy());
    }

    /// Whether these begin with all of others.
    public boolean startsWith(EncodedHeaders others) {
        Bytes those = others.bytes;
        return count >= others.count
                && bytes.length() >= those.length()
                && Arrays.equals(
                        bytes.array(),
                        bytes.offset(),
                        bytes.offset() + those.length(),
                        those.array(),
                        those.offset(),
                        those.offset() + those.length());
    }

    /// The name of the first, without looking at the others.
    ///
    /// @throws IndexOutOfBoundsException when there is none
    public Bytes firstName() {
        Objects.checkIndex(0, count);
        return Objects.requireNonNull(new Walk().next());
    }

    /// The first ones.
    public EncodedHeaders first(int headers) {
        var walk = new Walk();
        for (int i = 0; i < 2 * headers; i++) {
            walk.pass();
        }
        return new EncodedHeaders(headers, bytes.slice(0, walk.at - bytes.offset()));
    }

    /// Those behind others, which these begin with.
    public EncodedHeaders behind(EncodedHeaders others) {
        int from = others.bytes.length();
        return others.count == 0
                ? this
                : new EncodedHeaders(count - others.count, bytes.slice(from, bytes.length() - from));
    }

    /// Begin, in [#bytes], and length of each name and value. A length of -1 is a value that is null.
    public int[] places() {
        var places = new int[4 * count];
        var walk = new Walk();
        for (int i = 0; i < places.length; i += 2) {
            places[i + 1] = walk.pass();
            places[i] = walk.at - bytes.offset() - Math.max(places[i + 1], 0);
        }
        return places;
    }

    /// Whether the bytes there, as many as these have, tell the same lengths at the same places: then they are headers,
    /// of the same names' and values' lengths, whatever else they say.
    boolean areLaidOutAs(byte[] array, int start) {
        int[] known = lengths;
        if (known == null) {
            known = lengthBytes();
            lengths = known;
        }
        byte[] own = bytes.array();
        int offset = bytes.offset();
        for (int place : known) {
            if (array[start + place] != own[offset + place]) {
                return false;
            }
        }
        return true;
    }

    private int[] lengthBytes() {
        var found = new int[bytes.length()];
        int size = 0;
        var walk = new Walk();
        for (int i = 0; i < 2 * count; i++) {
            int from = walk.at;
            int length = Math.max(walk.pass(), 0);
            for (int at = from; at < walk.at - length; at++) {
                found[size++] = at - bytes.offset();
            }
        }
        return Arrays.copyOf(found, size);
    }

    /// From field to field.
    private final class Walk {
        private final byte[] array = bytes.array();
        private int at = bytes.offset();

        /// @return the length of what was passed
        int pass() {
            int raw = 0;
            int shift = 0;
            byte b;
            do {
                b = array[at++];
                raw |= (b & 0x7F) << shift;
                shift += 7;
            } while (b < 0);
            int length = (raw >>> 1) ^ -(raw & 1);
            at += Math.max(length, 0);
            return length;
        }

        @Nullable
        Bytes next() {
            int length = pass();
            return length < 0 ? null : new Bytes(array, at - length, length);
        }
    }

    /// Writes headers one behind the other. Confined to one thread.
    public static final class Writer {
        private byte[] array;
        private int size;
        private int count;

        /// @param bytes that they are likely to take
        public Writer(int bytes) {
            array = new byte[bytes];
        }

        public void add(EncodedHeaders headers) {
            Bytes from = headers.bytes;
            ensureRoom(from.length());
            System.arraycopy(from.array(), from.offset(), array, size, from.length());
            size += from.length();
            count += headers.count;
        }

        public void add(Bytes name, @Nullable Bytes value) {
            ensureRoom(Math.addExact(Fields.size(name), Fields.size(value)));
            size = Fields.put(array, size, name);
            size = Fields.put(array, size, value);
            count++;
        }

        private void ensureRoom(int more) {
            int needed = Math.addExact(size, more);
            if (needed > array.length) {
                array = Arrays.copyOf(array, Math.max(needed, (int)
                        Math.min(2L * array.length, Integer.MAX_VALUE - 8)));
            }
        }

        /// Called once.
        public EncodedHeaders written() {
            return new EncodedHeaders(count, new Bytes(array, 0, size));
        }
    }
}
