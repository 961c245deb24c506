package io.posthorn.events;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Files that arrive in a directory. A file counts as whole when a look finds it as the look before did; a
/// file that is written to again arrives again.
///
/// It lists the directory at intervals, which also works where nobody tells of changes: over a network, in
/// containers. Each file is published with its name as subject, and with an id made of path and time (of a
/// long path, a hash of both), so that one published twice can be told.
///
/// Given to one [Posthorn#source] at a time; the methods that change it return another.
public final class DirectorySource implements EventSource {
    /// What AMQP has room for.
    private static final int LONGEST_ID = 255;

    private final Path directory;
    private final String pattern;
    private final Duration interval;
    private final @Nullable Path done;
    private final Map<Path, Seen> seen = new HashMap<>();

    private record Seen(long size, Instant modified, boolean isPublished) {
        boolean isAsBefore(BasicFileAttributes now) {
            return size == now.size() && modified.equals(now.lastModifiedTime().toInstant());
        }
    }

    private DirectorySource(Path directory, String pattern, Duration interval, @Nullable Path done) {
        this.directory = directory;
        this.pattern = pattern;
        this.interval = interval;
        this.done = done;
    }

    static DirectorySource of(Path directory) {
        return new DirectorySource(directory, "*", Duration.ofSeconds(1), null);
    }

    /// Only files whose name matches: `*.csv`, `*.{csv,txt}`.
    public DirectorySource matching(String glob) {
        return new DirectorySource(directory, glob, interval, done);
    }

    /// A second unless set.
    public DirectorySource every(Duration look) {
        return new DirectorySource(directory, pattern, look, done);
    }

    /// Files are moved there as they are published, so that the next start does not find them once more;
    /// the event has the new path. Where another of its name lies there already, the time of its last change
    /// follows the name. Without this, each start publishes what is in the directory.
    ///
    /// @throws IllegalArgumentException for the directory that is watched
    public DirectorySource movingTo(Path other) {
        if (other.toAbsolutePath().normalize().equals(directory.toAbsolutePath().normalize())) {
            throw new IllegalArgumentException(itself(other));
        }
        return new DirectorySource(directory, pattern, interval, other);
    }

    private static String itself(Path other) {
        return "files of a directory cannot be moved to itself: move them to another than " + other;
    }

    /// @throws IOException when one of the directories cannot be had, or both are one
    @Override
    public void open(SourceContext context) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException(directory + " is no directory; make it, or watch another");
        }
        if (done != null) {
            Files.createDirectories(done);
            if (Files.isSameFile(done, directory)) { // by another name
                throw new IOException(itself(done));
            }
        }
    }

    @Override
    public Duration look(SourceContext context) throws IOException {
        List<Path> files = files();
        seen.keySet().retainAll(files);
        for (Path file : files) {
            look(context, file);
        }
        return interval;
    }

    private List<Path> files() throws IOException {
        var files = new ArrayList<Path>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, pattern)) {
            for (Path each : all) {
                if (Files.isRegularFile(each)) {
                    files.add(each);
                }
            }
        }
        files.sort(null);
        return files;
    }

    private void look(SourceContext context, Path file) throws IOException {
        BasicFileAttributes now;
        try {
            now = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException gone) {
            return;
        }
        Seen before = seen.get(file);
        if (before == null || !before.isAsBefore(now)) {
            seen.put(file, new Seen(now.size(), now.lastModifiedTime().toInstant(), false));
        } else if (!before.isPublished()) {
            publish(context, file, before);
            seen.put(file, new Seen(before.size(), before.modified(), true));
        }
    }

    /// It is there under its new name before anybody hears of it, and under the old one until the event is
    /// durable.
    private void publish(SourceContext context, Path file, Seen what) throws IOException {
        String name = String.valueOf(file.getFileName());
        Path now = done == null ? file : link(file, done.resolve(name), what);
        context.publish(
                new FileArrived(now.toString(), what.size(), what.modified()),
                Publish.about(name).id(id(file, what.modified())));
        if (done != null) {
            Files.delete(file);
        }
    }

    /// The same at each look, and never longer than an id may be: one that is refused would hold up all behind it.
    private static String id(Path file, Instant modified) {
        String id = file + "@" + modified;
        byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= LONGEST_ID ? id : UUID.nameUUIDFromBytes(bytes).toString();
    }

    /// @return where it is now; the same each time it is tried
    private static Path link(Path file, Path wanted, Seen what) throws IOException {
        Path name = Files.exists(wanted) && !isCopy(wanted, file) // but one of which an earlier event tells
                ? Path.of(wanted + "." + what.modified().toEpochMilli())
                : wanted;
        if (Files.exists(name) && Files.isSameFile(name, file)) {
            return name;
        }
        Files.deleteIfExists(name);
        try {
            Files.createLink(name, file);
        } catch (UnsupportedOperationException | FileSystemException noLinksHere) {
            Files.copy(file, name, StandardCopyOption.COPY_ATTRIBUTES);
        }
        return name;
    }

    /// Whether it was moved there before, and what came of that is not known.
    private static boolean isCopy(Path other, Path file) throws IOException {
        return Files.isSameFile(other, file) || Files.mismatch(other, file) < 0;
    }
}
