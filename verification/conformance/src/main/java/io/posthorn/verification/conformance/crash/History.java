package io.posthorn.verification.conformance.crash;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Appends events to a file, in the order in which they happened. Thread-safe. The process that writes it is never
/// killed, so nothing here need be synced.
final class History implements AutoCloseable {
    private final BufferedWriter out;

    History(Path file) throws IOException {
        out = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    synchronized void add(Event event) {
        try {
            out.write(event.line());
            out.newLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
