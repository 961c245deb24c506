package io.posthorn.storage.file;

import java.io.IOException;
import java.util.List;

/// One directory of files: all that this package needs of an operating system. Thread-safe.
///
/// Creating, renaming and deleting are durable only after [#syncDirectory], the bytes of a file only after
/// [DiskFile#sync]. Names are plain: no separators.
public interface Disk extends AutoCloseable {
    /// A new, empty file, open for reading and writing.
    ///
    /// @throws java.nio.file.FileAlreadyExistsException when there is one
    DiskFile create(String name) throws IOException;

    /// An existing file, open for reading and writing.
    ///
    /// @throws java.nio.file.NoSuchFileException when there is none
    DiskFile open(String name) throws IOException;

    List<String> list() throws IOException;

    /// Atomic; replaces what has the new name. Open files stay open.
    void rename(String from, String to) throws IOException;

    /// @throws java.nio.file.NoSuchFileException when there is none
    void delete(String name) throws IOException;

    void syncDirectory() throws IOException;

    /// Bytes that can still be written.
    long usableBytes() throws IOException;

    /// Keeps every other process, and every other [Disk] in this one, out of this directory until closed.
    ///
    /// @param name of the file that is locked
    /// @param holder what others are told of us
    /// @throws LockedException when somebody else holds it
    void lock(String name, String holder) throws IOException;

    /// Releases the lock. Files are closed by those who opened them.
    @Override
    void close() throws IOException;

    /// Somebody else works in this directory.
    final class LockedException extends IOException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        private final String holder;

        public LockedException(String holder) {
            super("held by " + holder);
            this.holder = holder;
        }

        /// What the holder told of itself.
        public String holder() {
            return holder;
        }
    }
}
