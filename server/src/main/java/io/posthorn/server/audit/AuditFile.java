package io.posthorn.server.audit;

import io.posthorn.broker.AuditLog;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/// Writes what is recorded to a file, on a thread of its own, and begins the next file when one is large; so many old
/// ones stay. Nobody who records waits: what the disk is too slow for is lost, counted, and said.
///
/// Not by the library that writes the other log: to load what it rotates files with takes as long as a tenth of a
/// start.
public final class AuditFile implements AuditLog, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AuditFile.class.getName());
    private static final int MOST_WAITING = 10_000;
    private static final int OLD_FILES = 9;
    private static final String END = "";

    private final Path path;
    private final long mostBytes;
    private final InstantSource clock;
    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong lost = new AtomicLong();
    private final Thread writer = Thread.ofVirtual().name("audit").unstarted(this::writeAll);
    private OutputStream file;
    private long bytes;
    private boolean isWritable = true;

    private AuditFile(Path path, long mostBytes, InstantSource clock) throws IOException {
        this.path = path;
        this.mostBytes = mostBytes;
        this.clock = clock;
        this.file = append();
        this.bytes = Files.size(path);
    }

    /// @param mostBytes after which the next file begins
    /// @throws IOException when the file cannot be written
    public static AuditFile open(Path path, long mostBytes, InstantSource clock) throws IOException {
        var opened = new AuditFile(path, mostBytes, clock);
        opened.writer.start();
        return opened;
    }

    @Override
    public void record(Entry entry) {
        if (!waiting.offer(AuditLine.of(clock.instant(), entry))) {
            lost.incrementAndGet();
        }
    }

    private void writeAll() {
        try {
            for (String line = waiting.take(); !line.equals(END); line = waiting.take()) {
                writeIfPossible(line);
            }
            file.close();
        } catch (IOException e) {
            LOG.log(Level.ERROR, "the end of the audit log could not be written: {0}", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // A disk that is full now may have room for what comes later.
    private void writeIfPossible(String line) {
        try {
            sayWhatIsLost();
            write(line);
            if (waiting.isEmpty()) {
                file.flush();
            }
            isWritable = true;
        } catch (IOException e) {
            if (isWritable) {
                LOG.log(Level.ERROR, "the audit log cannot be written: {0}", e);
            }
            isWritable = false;
            lost.incrementAndGet();
        }
    }

    private void sayWhatIsLost() throws IOException {
        long count = lost.get();
        if (count > 0) {
            write(AuditLine.of(
                    clock.instant(), new Entry("", "", count + " entries", "lost, they could not be written")));
            lost.addAndGet(-count);
        }
    }

    private void write(String line) throws IOException {
        byte[] written = line.getBytes(StandardCharsets.UTF_8);
        if (bytes > 0 && bytes + written.length > mostBytes) {
            rotate();
        }
        file.write(written);
        bytes += written.length;
    }

    private void rotate() throws IOException {
        file.close();
        for (int i = OLD_FILES; i > 0; i--) {
            Path younger = i == 1 ? path : old(i - 1);
            if (Files.exists(younger, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(younger, old(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        file = append();
        bytes = 0;
    }

    private Path old(int number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }

    // Names, addresses and what exists are not everybody's to read.
    private OutputStream append() throws IOException {
        if (!Files.exists(path)) {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
        }
        return new java.io.BufferedOutputStream(Files.newOutputStream(path, StandardOpenOption.APPEND));
    }

    /// What was recorded is in the file when this returns.
    @Override
    public void close() {
        try {
            waiting.put(END);
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
