package io.posthorn.verification.simulation;

import io.posthorn.storage.file.Disk;
import io.posthorn.storage.file.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// A disk that does as another does. Planted bugs begin here.
class ForwardingDisk implements Disk {
    final Disk disk;

    ForwardingDisk(Disk disk) {
        this.disk = disk;
    }

    /// What is given out for an open file; planted bugs in files begin here.
    DiskFile opened(String name, DiskFile file) {
        return file;
    }

    @Override
    public DiskFile create(String name) throws IOException {
        return opened(name, disk.create(name));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return opened(name, disk.open(name));
    }

    @Override
    public List<String> list() throws IOException {
        return disk.list();
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        disk.delete(name);
    }

    @Override
    public void syncDirectory() throws IOException {
        disk.syncDirectory();
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

    /// A file that does as another does.
    static class ForwardingFile implements DiskFile {
        final DiskFile file;

        ForwardingFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public void write(long position, List<ByteBuffer> buffers) throws IOException {
            file.write(position, buffers);
        }

        @Override
        public int read(long position, ByteBuffer target) throws IOException {
            return file.read(position, target);
        }

        @Override
        public void sync() throws IOException {
            file.sync();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
