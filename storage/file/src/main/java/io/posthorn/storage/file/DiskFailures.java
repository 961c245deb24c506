package io.posthorn.storage.file;

import io.posthorn.log.LogException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/// What an `IOException` means to the room above.
final class DiskFailures {
    private DiskFailures() {}

    /// For an operation that left nothing behind that could be mistaken for success.
    static LogException harmless(String doing, IOException cause) {
        if (isFull(cause)) {
            return new LogException.StorageFull(doing + ": " + cause.getMessage());
        }
        return new LogException.Unusable(doing + " failed: " + cause.getMessage(), cause);
    }

    /// For one whose outcome is unknown.
    static LogException.Poisoned unknown(String doing, IOException cause) {
        return new LogException.Poisoned(
                doing + " failed, and what became of it is unknown: " + cause.getMessage(), cause);
    }

    /// The JDK has no exception of its own for a full disk, so its text is all there is.
    static boolean isFull(IOException cause) {
        return says(cause.getMessage()) || (cause instanceof FileSystemException failure && says(failure.getReason()));
    }

    private static boolean says(@Nullable String message) {
        return message != null
                && (message.contains("No space left")
                        || message.contains("not enough space")
                        || message.contains("quota"));
    }
}
