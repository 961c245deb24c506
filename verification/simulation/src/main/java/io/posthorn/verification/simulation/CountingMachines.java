package io.posthorn.verification.simulation;

import io.posthorn.log.Bytes;
import io.posthorn.log.Recovery;
import io.posthorn.log.Snapshots;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The simplest state machines that can lose something: each keeps a number by key.
final class CountingMachines implements Recovery, Snapshots {
    private static final Set<Integer> MACHINES = Set.of(0, 1, 7);

    private final TreeMap<Integer, TreeMap<Integer, Long>> values = new TreeMap<>();
    private final ArrayDeque<Slice> slices = new ArrayDeque<>();
    private @Nullable SnapshotWriter writer;

    /// What is left to write of one machine.
    private record Slice(int machine, Iterator<Integer> keys) {}

    static Bytes event(int key, long value) {
        return new Bytes(ByteBuffer.allocate(12).putInt(key).putLong(value).array());
    }

    void happened(int machine, int key, long value) {
        values.computeIfAbsent(machine, _ -> new TreeMap<>()).put(key, value);
    }

    Map<Integer, Long> of(int machine) {
        return values.getOrDefault(machine, new TreeMap<>());
    }

    @Override
    public Set<Integer> machines() {
        return MACHINES;
    }

    @Override
    public void restore(int machine, Bytes chunk) {
        replay(machine, chunk);
    }

    @Override
    public void replay(int machine, Bytes event) {
        ByteBuffer in = event.asByteBuffer();
        happened(machine, in.getInt(), in.getLong());
    }

    @Override
    public void begin(SnapshotWriter newWriter) {
        writer = newWriter;
        slices.clear();
        for (int machine : MACHINES.stream().sorted().toList()) {
            slices.add(new Slice(
                    machine, Set.copyOf(of(machine).keySet()).stream().sorted().iterator()));
        }
    }

    /// Writes one chunk, or says that a machine is done. False when there is nothing to write.
    boolean writeSlice() {
        Slice slice = slices.peek();
        if (slice == null || writer == null) {
            return false;
        }
        if (slice.keys().hasNext()) {
            int key = slice.keys().next();
            writer.chunk(slice.machine(), event(key, of(slice.machine()).getOrDefault(key, 0L)));
        } else {
            slices.remove();
            writer.done(slice.machine());
        }
        return true;
    }
}
