package io.posthorn.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// A disk that counts, and fails when it is told to. It does not really sync: no test cuts the power.
final class WatchedDisk implements Disk {
    final AtomicLong syncs = new AtomicLong();
    final AtomicLong bytesWritten = new AtomicLong();
    final AtomicInteger openFiles = new AtomicInteger();
    final AtomicInteger mostOpenFiles = new AtomicInteger();

    private final Disk disk;
    private final AtomicInteger untilFailure = new AtomicInteger();
    private volatile String failure = "Input/output error";

    /// Whether reads fail.
    volatile boolean unreadable;

    WatchedDisk(Disk disk) {
        this.disk = disk;
    }

    /// The n-th change from now on fails, once.
    void failOperation(int n) {
        untilFailure.set(n);
    }

    void failWith(String message) {
        failure = message;
    }

    boolean failureHappened() {
        return untilFailure.get() <= 0;
    }

    private void change() throws IOException {
        if (untilFailure.get() > 0 && untilFailure.decrementAndGet() == 0) {
            throw new IOException(failure);
        }
    }

    @Override
    public DiskFile create(String name) throws IOException {
        change();
        return new WatchedFile(disk.create(name));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new WatchedFile(disk.open(name));
    }

    @Override
    public List<String> list() throws IOException {
        return disk.list();
    }

    @Override
    public void rename(String from, String to) throws IOException {
        change();
        disk.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        change();
        disk.delete(name);
    }

    @Override
    public void syncDirectory() throws IOException {
        change();
    }

    @Override
    public long usableBytes() throws IOException {
        return disk.usableBytes();
    }

    @Override
    public void lock(String name, String holder) throws IOException {
        disk.lock(name, holder);
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }

    private final class WatchedFile implements DiskFile {
        private final DiskFile file;

        WatchedFile(DiskFile file) {
            this.file = file;
            mostOpenFiles.accumulateAndGet(openFiles.incrementAndGet(), Math::max);
        }

        @Override
        public void write(long position, List<ByteBuffer> buffers) throws IOException {
            try {
                change();
            } catch (IOException failure) {
                // Half of it gets there.
                file.write(position, buffers.subList(0, buffers.size() / 2));
                throw failure;
            }
            bytesWritten.addAndGet(
                    buffers.stream().mapToLong(ByteBuffer::remaining).sum());
            file.write(position, buffers);
        }

        @Override
        public int read(long position, ByteBuffer target) throws IOException {
            if (unreadable) {
                throw new IOException(failure);
            }
            return file.read(position, target);
        }

        @Override
        public void sync() throws IOException {
            change();
            syncs.incrementAndGet();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            change();
            file.truncate(size);
        }

        @Override
        public void close() throws IOException {
            openFiles.decrementAndGet();
            file.close();
        }
    }
}
