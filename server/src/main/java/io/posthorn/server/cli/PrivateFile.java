package io.posthorn.server.cli;

import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// A file that only its owner can read.
final class PrivateFile {
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private PrivateFile() {}

    /// A file that was there keeps its rights, and loses what was in it.
    static void write(Path file, String text) throws IOException {
        try (Writer out = open(file)) {
            out.write(text);
        }
    }

    static Writer open(Path file) throws IOException {
        var how = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        return Channels.newWriter(Files.newByteChannel(file, how, PRIVATE), StandardCharsets.UTF_8);
    }
}
