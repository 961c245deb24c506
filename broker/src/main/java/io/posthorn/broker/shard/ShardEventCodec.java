package io.posthorn.broker.shard;

import io.posthorn.broker.delay.Span;
import io.posthorn.broker.queue.DuplicateWindow;
import io.posthorn.broker.queue.MessageRuns;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.log.Bytes;
import io.posthorn.log.LogId;
import java.util.Arrays;
import java.util.function.Consumer;

/// Events as bytes: one byte for the kind, then numbers of seven bits a byte, low ones first. Ranges are
/// written as distances: from the end of the one before to the start, and from there to the end.
final class ShardEventCodec implements EventSink {
    private static final int SETTLED = 1;
    private static final int TOUCHED = 2;
    private static final int BEGUN = 3;
    private static final int REDELIVERED_BEFORE = 4;
    private static final int RETURNED = 5;
    private static final int TRANSIENT = 6;
    private static final int SEEN = 7;
    private static final int KEYED = 8;
    private static final int OLD_CHUNK_BEGUN = 9;
    private static final int WAITS = 10;
    private static final int DESCRIBED = 16;
    private static final int CHUNK_BEGUN = 17;
    private static final int CHUNK_OPEN = 18;
    private static final int COMPACTED_TO = 19;
    private static final int DELAY_BEGUN = 20;
    private static final int DELAY_ENDED = 21;
    private static final int PRODUCER_KNOWN = 12;
    private static final int ABORTED = 13;
    private static final int IN_TRANSACTION = 14;
    private static final int VOID = 15;
    private static final int EXPIRING = 24;
    private static final int APPENDED = 25;

    private byte[] array = new byte[256];
    private int size;

    /// Bytes written since the last [#take].
    int size() {
        return size;
    }

    @Override
    public void write(ShardEvent event) {
        switch (event) {
            case ShardEvent.Settled(LogId log, OffsetRanges ranges) -> {
                begin(SETTLED, log);
                putRanges(ranges);
            }
            case ShardEvent.Transient(LogId log, OffsetRanges ranges) -> {
                begin(TRANSIENT, log);
                putRanges(ranges);
            }
            case ShardEvent.Described(LogId log, MessageRuns runs) -> {
                begin(DESCRIBED, log);
                putRuns(runs);
            }
            case ShardEvent.Touched(LogId log) -> begin(TOUCHED, log);
            case ShardEvent.Expiring(LogId log) -> begin(EXPIRING, log);
            case ShardEvent.Appended(LogId log, long offset, long time) -> {
                begin(APPENDED, log);
                put(offset);
                put(time);
            }
            case ShardEvent.Begun(LogId log, boolean touched, long settledBefore) -> {
                begin(BEGUN, log);
                put(touched ? 1 : 0);
                put(settledBefore);
            }
            case ShardEvent.ChunkBegun(LogId log, long offset, long position, long end, long latest) -> {
                begin(CHUNK_BEGUN, log);
                put(offset);
                put(position);
                put(end);
                put(latest + 1);
            }
            case ShardEvent.ChunkOpen(LogId log, long bytes, long latest) -> {
                begin(CHUNK_OPEN, log);
                put(bytes);
                put(latest + 1);
            }
            case ShardEvent.CompactedTo(LogId log, long offset) -> {
                begin(COMPACTED_TO, log);
                put(offset);
            }
            case ShardEvent.RedeliveredBefore(LogId log, long offset) -> {
                begin(REDELIVERED_BEFORE, log);
                put(offset);
            }
            case ShardEvent.Returned(LogId log, int count, OffsetRanges ranges) -> {
                begin(RETURNED, log);
                put(count);
                putRanges(ranges);
            }
            case ShardEvent.Waits(LogId log, long time, long due, OffsetRanges ranges) -> {
                begin(WAITS, log);
                put(time);
                put(due);
                putRanges(ranges);
            }
            case ShardEvent.Keyed(LogId log, long base, long[] hashes) -> {
                begin(KEYED, log);
                put(base);
                put(hashes.length);
                for (long hash : hashes) {
                    putFixed(hash);
                }
            }
            case ShardEvent.Seen(LogId log, DuplicateWindow ids, long from, long to) -> {
                begin(SEEN, log);
                putSeen(ids, from, to);
            }
            case ShardEvent.ProducerKnown producer -> {
                begin(PRODUCER_KNOWN, producer.log());
                putProducer(producer);
            }
            case ShardEvent.Aborted(LogId log, long producer, long first, long last, long stable) -> {
                begin(ABORTED, log);
                put(producer);
                put(first);
                put(last);
                put(stable);
            }
            case ShardEvent.InTransaction(LogId log, long producer, OffsetRanges ranges) -> {
                begin(IN_TRANSACTION, log);
                put(producer);
                putRanges(ranges);
            }
            case ShardEvent.Voided(LogId log, OffsetRanges ranges) -> {
                begin(VOID, log);
                putRanges(ranges);
            }
            case ShardEvent.DelayBegun(LogId log, LogId exchange, Span span) -> {
                begin(DELAY_BEGUN, log);
                put(exchange.value());
                put(span.from());
                put(span.bits());
            }
            case ShardEvent.DelayEnded(LogId log) -> begin(DELAY_ENDED, log);
        }
    }

    /// What was written, in an array that the next write may use again.
    Bytes take() {
        var bytes = new Bytes(array, 0, size);
        size = 0;
        return bytes;
    }

    /// @throws IllegalArgumentException when the bytes are not events
    static void read(Bytes bytes, Consumer<ShardEvent> events) {
        var reader = new Reader(bytes);
        while (reader.at < bytes.length()) {
            events.accept(reader.next());
        }
    }

    private void begin(int kind, LogId log) {
        put(kind);
        put(log.value());
    }

    private void putRanges(OffsetRanges ranges) {
        put(ranges.size());
        long last = 0;
        for (int i = 0; i < ranges.size(); i++) {
            // Ranges are in the order of settling, so distances may be negative: zig-zag.
            long distance = ranges.from(i) - last;
            put((distance << 1) ^ (distance >> 63));
            put(ranges.to(i) - ranges.from(i));
            last = ranges.to(i);
        }
    }

    private void putRuns(MessageRuns runs) {
        put(runs.size());
        long last = 0;
        for (int i = 0; i < runs.size(); i++) {
            put(runs.from(i) - last);
            put(runs.count(i));
            put(runs.priority(i));
            put(runs.bytes(i));
            last = runs.from(i) + runs.count(i);
        }
    }

    /// What may be -1 is one more here.
    private void putProducer(ShardEvent.ProducerKnown producer) {
        put(producer.producer());
        put(producer.epoch() + 1L);
        put(producer.coordinatorEpoch() + 1L);
        put(producer.lastAppendAt());
        put(producer.transactionStart() + 1);
        put(producer.batches().length);
        for (long number : producer.batches()) {
            put(number + 1);
        }
    }

    /// Hashes are as they are, 16 bytes each, as no number of them is likelier than another.
    private void putSeen(DuplicateWindow ids, long from, long to) {
        put(to - from);
        for (long number = from; number < to; number++) {
            put(ids.time(number));
            putFixed(ids.high(number));
            putFixed(ids.low(number));
        }
    }

    private void putFixed(long value) {
        if (array.length - size < Long.BYTES) {
            array = Arrays.copyOf(array, array.length * 2);
        }
        for (int shift = 56; shift >= 0; shift -= 8) {
            array[size++] = (byte) (value >>> shift);
        }
    }

    private void put(long value) {
        if (array.length - size < 10) {
            array = Arrays.copyOf(array, array.length * 2);
        }
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            array[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        array[size++] = (byte) rest;
    }

    private static final class Reader {
        private final Bytes bytes;
        private int at;

        Reader(Bytes bytes) {
            this.bytes = bytes;
        }

        ShardEvent next() {
            int kind = (int) number();
            var log = new LogId(number());
            return switch (kind) {
                case SETTLED -> new ShardEvent.Settled(log, ranges());
                case TRANSIENT -> new ShardEvent.Transient(log, ranges());
                case DESCRIBED -> new ShardEvent.Described(log, runs());
                case TOUCHED -> new ShardEvent.Touched(log);
                case EXPIRING -> new ShardEvent.Expiring(log);
                case APPENDED -> new ShardEvent.Appended(log, number(), number());
                case BEGUN -> new ShardEvent.Begun(log, number() == 1, number());
                case OLD_CHUNK_BEGUN -> oldChunk(log, number(), number(), number());
                case CHUNK_BEGUN -> new ShardEvent.ChunkBegun(log, number(), number(), number(), number() - 1);
                case CHUNK_OPEN -> new ShardEvent.ChunkOpen(log, number(), number() - 1);
                case COMPACTED_TO -> new ShardEvent.CompactedTo(log, number());
                case REDELIVERED_BEFORE -> new ShardEvent.RedeliveredBefore(log, number());
                case RETURNED -> new ShardEvent.Returned(log, (int) number(), ranges());
                case WAITS -> new ShardEvent.Waits(log, number(), number(), ranges());
                case SEEN -> seen(log);
                case KEYED -> new ShardEvent.Keyed(log, number(), hashes());
                case PRODUCER_KNOWN -> producer(log);
                case ABORTED -> new ShardEvent.Aborted(log, number(), number(), number(), number());
                case IN_TRANSACTION -> new ShardEvent.InTransaction(log, number(), ranges());
                case VOID -> new ShardEvent.Voided(log, ranges());
                case DELAY_BEGUN ->
                    new ShardEvent.DelayBegun(log, new LogId(number()), new Span(number(), (int) number()));
                case DELAY_ENDED -> new ShardEvent.DelayEnded(log);
                default -> throw new IllegalArgumentException("there is no shard event of kind " + kind);
            };
        }

        private OffsetRanges ranges() {
            long count = number();
            var ranges = new OffsetRanges();
            long last = 0;
            for (long i = 0; i < count; i++) {
                long zigzag = number();
                long from = last + ((zigzag >>> 1) ^ -(zigzag & 1));
                last = from + number();
                ranges.add(from, last);
            }
            return ranges;
        }

        private MessageRuns runs() {
            long count = number();
            var runs = new MessageRuns();
            long last = 0;
            for (long i = 0; i < count; i++) {
                long from = last + number();
                int messages = (int) number();
                runs.add(from, messages, (int) number(), (int) number());
                last = from + messages;
            }
            return runs;
        }

        /// Of times that messages have of their own nothing is said, but that they were appended.
        private static ShardEvent.ChunkBegun oldChunk(LogId log, long offset, long position, long previousEnd) {
            return new ShardEvent.ChunkBegun(log, offset, position, previousEnd, previousEnd);
        }

        private ShardEvent.ProducerKnown producer(LogId log) {
            long producer = number();
            short epoch = (short) (number() - 1);
            int coordinatorEpoch = (int) (number() - 1);
            long lastAppendAt = number();
            long transactionStart = number() - 1;
            long length = number();
            if (length < 0 || length > bytes.length() - at) {
                throw new IllegalArgumentException("a shard event has fewer batches than it says");
            }
            long[] batches = new long[(int) length];
            for (int i = 0; i < batches.length; i++) {
                batches[i] = number() - 1;
            }
            return new ShardEvent.ProducerKnown(
                    log, producer, epoch, coordinatorEpoch, lastAppendAt, transactionStart, batches);
        }

        private ShardEvent.Seen seen(LogId log) {
            long count = number();
            var ids = new DuplicateWindow();
            for (long i = 0; i < count; i++) {
                long time = number();
                ids.add(fixed(), fixed(), time);
            }
            return new ShardEvent.Seen(log, ids, ids.first(), ids.end());
        }

        private long[] hashes() {
            long count = number();
            if (count < 0 || count > (bytes.length() - at) / Long.BYTES) {
                throw new IllegalArgumentException("a shard event has fewer hashes than it says");
            }
            long[] hashes = new long[(int) count];
            for (int i = 0; i < hashes.length; i++) {
                hashes[i] = fixed();
            }
            return hashes;
        }

        private long fixed() {
            if (bytes.length() - at < Long.BYTES) {
                throw new IllegalArgumentException("a shard event ends inside a hash");
            }
            long value = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                value = (value << 8) | (bytes.get(at++) & 0xFF);
            }
            return value;
        }

        private long number() {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                if (at == bytes.length()) {
                    throw new IllegalArgumentException("a shard event ends inside a number");
                }
                byte b = bytes.get(at++);
                value |= (long) (b & 0x7F) << shift;
                if (b >= 0) {
                    return value;
                }
            }
            throw new IllegalArgumentException("a shard event holds a number beyond 64 bits");
        }
    }
}
