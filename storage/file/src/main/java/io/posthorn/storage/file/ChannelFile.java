package io.posthorn.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/// A file of the operating system.
final class ChannelFile implements DiskFile {
    private final Path path;
    private final ChannelDisk disk;
    private volatile FileChannel channel;
    private boolean closed;

    ChannelFile(Path path, Set<StandardOpenOption> options, ChannelDisk disk) throws IOException {
        this.path = path;
        this.disk = disk;
        this.channel = FileChannel.open(path, options);
    }

    @Override
    public void write(long position, List<ByteBuffer> buffers) throws IOException {
        ByteBuffer transfer = disk.borrowTransfer();
        try {
            long at = position;
            for (ByteBuffer buffer : buffers) {
                while (buffer.hasRemaining()) {
                    int count = Math.min(buffer.remaining(), transfer.remaining());
                    transfer.put(transfer.position(), buffer, buffer.position(), count);
                    transfer.position(transfer.position() + count);
                    buffer.position(buffer.position() + count);
                    if (!transfer.hasRemaining()) {
                        at = drain(transfer, at);
                    }
                }
            }
            drain(transfer, at);
        } finally {
            disk.giveBack(transfer);
        }
    }

    private long drain(ByteBuffer transfer, long position) throws IOException {
        long at = position;
        transfer.flip();
        while (transfer.hasRemaining()) {
            at += channel.write(transfer, at);
        }
        transfer.clear();
        return at;
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        return target.isDirect() ? readDirect(position, target) : readToHeap(position, target);
    }

    private int readDirect(long position, ByteBuffer target) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            long at = position + total;
            int count = (int) uninterruptibly(current -> current.read(target, at));
            if (count < 0) {
                break;
            }
            total += count;
        }
        return total;
    }

    private int readToHeap(long position, ByteBuffer target) throws IOException {
        ByteBuffer transfer = disk.borrowTransfer();
        try {
            int total = 0;
            while (target.hasRemaining()) {
                transfer.clear().limit(Math.min(transfer.capacity(), target.remaining()));
                long at = position + total;
                int count = (int) uninterruptibly(current -> current.read(transfer, at));
                if (count < 0) {
                    break;
                }
                target.put(transfer.flip());
                total += count;
            }
            return total;
        } finally {
            disk.giveBack(transfer);
        }
    }

    /// A channel closes for everybody when one of its readers is interrupted. Readers here are many, and one
    /// that is cancelled must not take the file from the others: it is opened again.
    private long uninterruptibly(Reading reading) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                FileChannel current = channel;
                try {
                    return reading.from(current);
                } catch (ClosedChannelException closing) {
                    interrupted |= Thread.interrupted();
                    reopen(current, closing);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private interface Reading {
        long from(FileChannel channel) throws IOException;
    }

    @SuppressWarnings("ReferenceEquality") // whether it is the same channel is the question
    private synchronized void reopen(FileChannel gone, ClosedChannelException cause) throws IOException {
        if (closed) {
            throw cause;
        }
        if (channel == gone) {
            channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        }
    }

    @Override
    public void sync() throws IOException {
        channel.force(false);
    }

    @Override
    public long size() throws IOException {
        return uninterruptibly(FileChannel::size);
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        channel.close();
    }
}
