package io.posthorn.server.control;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;

/// Where a user's brokers put their control sockets: a directory that only this user can enter, so that who can
/// connect is who runs the broker.
///
/// It is not the data directory, whose path may be too long for a Unix socket (about 100 bytes) and which a broker
/// in memory does not have. Sockets are named after the AMQP port, which is what a client knows.
public final class ControlDirectory {
    private static final String PRIVATE = "rwx------";

    private ControlDirectory() {}

    public static Path socket(int amqpPort) {
        return path().resolve("amqp-" + amqpPort + ".sock");
    }

    private static Path path() {
        return Path.of(System.getProperty("java.io.tmpdir", "/tmp"), "posthorn-" + user());
    }

    private static String user() {
        return System.getProperty("user.name", "unknown").replaceAll("[^A-Za-z0-9._-]", "_");
    }

    static void create() throws IOException {
        try {
            Files.createDirectory(
                    path(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
        } catch (FileAlreadyExistsException e) {
            check();
        }
    }

    /// The temporary directory belongs to everybody: somebody else may have made this name first, to listen in.
    ///
    /// @throws NoSuchFileException when it is not there
    public static void check() throws IOException {
        Path directory = path();
        var attributes = Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        boolean ours = attributes.isDirectory()
                && attributes.owner().equals(self())
                && attributes.permissions().equals(PosixFilePermissions.fromString(PRIVATE));
        if (!ours) {
            throw new IOException(directory + " is not a private directory of this user");
        }
    }

    // By number where the system tells it: in a container the user may have no name.
    private static UserPrincipal self() throws IOException {
        Path process = Path.of("/proc/self");
        return Files.exists(process)
                ? Files.getOwner(process)
                : process.getFileSystem()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName(System.getProperty("user.name", ""));
    }
}
