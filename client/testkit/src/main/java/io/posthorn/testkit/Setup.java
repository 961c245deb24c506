package io.posthorn.testkit;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What a test broker is to be. Immutable.
///
/// @param kind how programs reach it
/// @param time whose time it goes by
/// @param directory where it keeps its files; null for memory
public record Setup(Kind kind, Time time, @Nullable Path directory) {
    /// How programs reach a broker.
    public enum Kind {
        /// In this process, in memory.
        MEMORY,
        /// In this process, on files.
        FILES,
        /// By AMQP, over the loopback: a server with all its listeners, each on a free port.
        SERVER
    }

    /// Whose time a broker goes by.
    public enum Time {
        /// It stands still until the test moves it.
        VIRTUAL,
        /// The machine's: for clients that count by themselves.
        REAL
    }

    /// Refuses what makes no sense.
    ///
    /// @throws IllegalArgumentException for files without a directory
    public Setup {
        if (kind == Kind.FILES && directory == null) {
            throw new IllegalArgumentException("a broker on files needs a directory: write Setup.files(directory)");
        }
    }

    /// In memory, in this process, in virtual time.
    public static Setup memory() {
        return new Setup(Kind.MEMORY, Time.VIRTUAL, null);
    }

    /// On files, in this process, in virtual time.
    ///
    /// @param directory for as many data directories as the test makes of it
    public static Setup files(Path directory) {
        return new Setup(Kind.FILES, Time.VIRTUAL, directory);
    }

    /// In memory.
    public static Setup server() {
        return new Setup(Kind.SERVER, Time.VIRTUAL, null);
    }

    /// On files.
    public static Setup server(Path directory) {
        return new Setup(Kind.SERVER, Time.VIRTUAL, directory);
    }

    /// By the machine's time: for foreign clients, which count by themselves.
    public Setup inRealTime() {
        return new Setup(kind, Time.REAL, directory);
    }
}
