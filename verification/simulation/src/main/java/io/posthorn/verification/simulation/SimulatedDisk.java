package io.posthorn.verification.simulation;

import io.posthorn.storage.file.Disk;
import io.posthorn.storage.file.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A disk, its page cache and its directory, as bad as real ones may be. For one thread.
///
/// - What was not synced is, at a power cut, sector by sector there, gone or torn.
/// - A failed sync marks pages clean that never reached the disk: they read well, a later sync succeeds, and the next
///   power cut takes them.
/// - A name is there, gone, or another's unless the directory was synced: each change by chance, not in order.
/// - The process may die before, in the middle of, and after every step; then the page cache stays as it is.
public final class SimulatedDisk implements Disk {
    private static final String NO_SPACE = "No space left on device";

    private final Dice dice;
    private final Trace trace;
    private final TreeMap<String, Inode> names = new TreeMap<>();
    private final TreeMap<String, Inode> durableNames = new TreeMap<>();
    private final List<Change> unsyncedChanges = new ArrayList<>();
    private long stepsLeft = Long.MAX_VALUE;
    private int syncsUntilFailure = Integer.MAX_VALUE;
    private int writesUntilFailure = Integer.MAX_VALUE;
    private long capacity = Long.MAX_VALUE / 4;
    private int failures;
    private int process;
    private boolean dead;

    @Nullable
    private String lockHolder;

    public SimulatedDisk(Dice dice, Trace trace) {
        this.dice = dice;
        this.trace = trace;
    }

    private sealed interface Change {
        record Entered(String name, Inode inode) implements Change {}

        record Renamed(String from, String to, Inode inode) implements Change {}

        record Removed(String name, Inode inode) implements Change {}
    }

    /// How a process ends.
    public enum Death {
        /// `kill -9`: the page cache stays.
        OF_THE_PROCESS,
        OF_POWER
    }

    /// The process dies after so many more steps: a sector written, a sync begun or ended, a name changed.
    public void dieAfter(long steps) {
        stepsLeft = steps;
    }

    /// The n-th sync from now on fails, once.
    public void failSync(int n) {
        syncsUntilFailure = n;
    }

    /// The n-th write from now on fails, once, with some of it written.
    public void failWrite(int n) {
        writesUntilFailure = n;
    }

    /// The disk is full when its files have so many bytes.
    public void limit(long bytes) {
        capacity = bytes;
    }

    /// How many syncs and writes have failed so far.
    public int failures() {
        return failures;
    }

    public boolean isDead() {
        return dead;
    }

    /// What the next process finds.
    public void die(Death death) {
        trace.add("die", death.name(), 0, 0);
        if (death == Death.OF_POWER) {
            losePower();
        }
        process++;
        dead = false;
        lockHolder = null;
        stepsLeft = Long.MAX_VALUE;
        syncsUntilFailure = Integer.MAX_VALUE;
        writesUntilFailure = Integer.MAX_VALUE;
    }

    private void losePower() {
        boolean inOrder = dice.chance(50);
        int kept = dice.between(0, unsyncedChanges.size());
        for (int i = 0; i < unsyncedChanges.size(); i++) {
            if (inOrder ? i < kept : dice.chance(50)) {
                apply(unsyncedChanges.get(i));
            }
        }
        unsyncedChanges.clear();
        names.clear();
        names.putAll(durableNames);
        for (Inode inode : names.values()) {
            inode.losePower(dice);
        }
    }

    private void apply(Change change) {
        switch (change) {
            case Change.Entered(String name, Inode inode) -> durableNames.put(name, inode);
            case Change.Renamed(String from, String to, Inode inode) -> {
                durableNames.remove(from, inode);
                durableNames.put(to, inode);
            }
            case Change.Removed(String name, Inode inode) -> durableNames.remove(name, inode);
        }
    }

    /// One bit of one file changes on the medium, somewhere; false when there is no such file.
    public boolean flipABit(String suffix) {
        List<Inode> candidates = new ArrayList<>();
        names.forEach((name, inode) -> {
            if (name.endsWith(suffix) && inode.size() > 0) {
                candidates.add(inode);
            }
        });
        if (candidates.isEmpty()) {
            return false;
        }
        Inode inode = dice.oneOf(candidates);
        inode.flip(dice.below(inode.size() * 8));
        return true;
    }

    private void step(String what, String name, long first, long second) {
        trace.add(what, name, first, second);
        step();
    }

    private void step() {
        if (dead || --stepsLeft < 0) {
            dead = true;
            throw new SimulatedCrash();
        }
    }

    @Override
    public DiskFile create(String name) throws IOException {
        step("create", name, 0, 0);
        if (names.containsKey(name)) {
            throw new FileAlreadyExistsException(name);
        }
        var inode = new Inode();
        names.put(name, inode);
        unsyncedChanges.add(new Change.Entered(name, inode));
        return new OpenFile(name, inode);
    }

    @Override
    public DiskFile open(String name) throws IOException {
        if (dead) {
            throw new SimulatedCrash();
        }
        return new OpenFile(name, inode(name));
    }

    private Inode inode(String name) throws NoSuchFileException {
        Inode inode = names.get(name);
        if (inode == null) {
            throw new NoSuchFileException(name);
        }
        return inode;
    }

    @Override
    public List<String> list() {
        return List.copyOf(names.keySet());
    }

    @Override
    public void rename(String from, String to) throws IOException {
        step("rename", from, to.hashCode(), 0);
        Inode inode = inode(from);
        names.remove(from);
        names.put(to, inode);
        unsyncedChanges.add(new Change.Renamed(from, to, inode));
    }

    @Override
    public void delete(String name) throws IOException {
        step("delete", name, 0, 0);
        Inode inode = inode(name);
        names.remove(name);
        unsyncedChanges.add(new Change.Removed(name, inode));
    }

    @Override
    public void syncDirectory() {
        step("syncDirectory", "", unsyncedChanges.size(), 0);
        unsyncedChanges.forEach(this::apply);
        unsyncedChanges.clear();
        step();
    }

    @Override
    public long usableBytes() {
        return Math.max(0, capacity - used());
    }

    private long used() {
        long used = 0;
        for (Inode inode : names.values()) {
            used += inode.size();
        }
        return used;
    }

    @Override
    public void lock(String name, String holder) throws LockedException {
        if (lockHolder != null) {
            throw new LockedException(lockHolder);
        }
        lockHolder = holder;
    }

    @Override
    public void close() {
        lockHolder = null;
    }

    private final class OpenFile implements DiskFile {
        private final String name;
        private final Inode inode;
        private final int owner = process;
        private boolean closed;

        OpenFile(String name, Inode inode) {
            this.name = name;
            this.inode = inode;
        }

        private void check() throws IOException {
            if (dead || owner != process) {
                throw new SimulatedCrash();
            }
            if (closed) {
                throw new IOException("closed");
            }
        }

        @Override
        public void write(long position, List<ByteBuffer> buffers) throws IOException {
            check();
            int bytes = buffers.stream().mapToInt(ByteBuffer::remaining).sum();
            trace.add("write", name, position, bytes);
            boolean fails = --writesUntilFailure == 0;
            long growth = Math.max(0, position + bytes - inode.size());
            boolean full = capacity < Long.MAX_VALUE / 4 && growth > usableBytes();
            int written = fails || full ? dice.below(bytes + 1) : bytes;
            int sectors = (written + Inode.SECTOR - 1) / Inode.SECTOR;
            boolean dies = stepsLeft < sectors;
            int reached = dies ? (int) Math.min(written, stepsLeft * Inode.SECTOR) : written;
            writeSome((int) position, buffers, reached);
            if (dies) {
                dead = true;
                throw new SimulatedCrash();
            }
            stepsLeft -= sectors;
            if (full) {
                throw new IOException(NO_SPACE);
            }
            if (fails) {
                failures++;
                throw new IOException("Input/output error");
            }
        }

        private void writeSome(int position, List<ByteBuffer> buffers, int most) {
            int at = position;
            int left = most;
            for (ByteBuffer buffer : buffers) {
                int count = Math.min(left, buffer.remaining());
                int limit = buffer.limit();
                buffer.limit(buffer.position() + count);
                inode.write(at, buffer);
                buffer.limit(limit);
                at += count;
                left -= count;
            }
        }

        @Override
        public int read(long position, ByteBuffer target) throws IOException {
            check();
            return inode.read(position, target);
        }

        @Override
        public void sync() throws IOException {
            check();
            step("sync", name, inode.size(), 0);
            if (--syncsUntilFailure == 0) {
                failures++;
                inode.failSync(dice);
            }
            inode.sync();
            step();
        }

        @Override
        public long size() throws IOException {
            check();
            return inode.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            check();
            step("truncate", name, size, 0);
            inode.truncate((int) size);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
