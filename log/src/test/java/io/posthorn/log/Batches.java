package io.posthorn.log;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;

/// Batches for tests, and what is in them.
public final class Batches {
    private Batches() {}

    /// One batch with these values.
    public static RecordBatch of(String... values) {
        var builder = new BatchBuilder();
        for (String value : values) {
            builder.add(1_000, null, Bytes.utf8(value), List.of());
        }
        return builder.build();
    }

    /// The values in the log from `offset` to the end, each as `offset=value`.
    public static List<String> readAll(Log log, long offset) {
        var values = new ArrayList<String>();
        for (long next = offset; next < log.bounds().end(); ) {
            try (LogSlice slice = log.read(next, 64 << 10)) {
                for (RecordBatch batch : slice.batches()) {
                    values.addAll(values(batch, next));
                    next = batch.lastOffset() + 1;
                }
            }
        }
        return values;
    }

    /// Retains the values that a cleaning is to keep: of a batch of which nothing is left, nothing.
    public static BatchFilter keeping(Predicate<String> kept) {
        return batch -> {
            var places = new BitSet();
            RecordCursor records = batch.records();
            for (int i = 0; records.next(); i++) {
                Bytes value = records.value();
                places.set(i, value == null || kept.test(value.toUtf8()));
            }
            if (places.isEmpty()) {
                return null;
            }
            return places.cardinality() == batch.count() ? batch : BatchEditor.retaining(batch, places);
        };
    }

    /// The values of the batch from `offset` on.
    public static List<String> values(RecordBatch batch, long offset) {
        var values = new ArrayList<String>();
        RecordCursor records = batch.records();
        while (records.next()) {
            Bytes value = records.value();
            if (records.offset() >= offset && value != null) {
                values.add(records.offset() + "=" + value.toUtf8());
            }
        }
        return values;
    }
}
