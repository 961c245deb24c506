package io.posthorn.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// One open file. Reading is thread-safe; writing is for one thread at a time.
public interface DiskFile extends AutoCloseable {
    /// Writes all bytes of all buffers, in order, from `position` on. After an exception any part of them may
    /// have been written.
    void write(long position, List<ByteBuffer> buffers) throws IOException;

    /// Fills the target from `position` on, as far as there are bytes.
    ///
    /// @return how many there were
    int read(long position, ByteBuffer target) throws IOException;

    /// Makes the bytes, and the size as far as reading them needs it, durable. After an exception nothing is
    /// known of what was written since the last success, and trying again would not tell.
    void sync() throws IOException;

    long size() throws IOException;

    /// Cuts the file; a size beyond its end changes nothing.
    void truncate(long size) throws IOException;

    @Override
    void close() throws IOException;
}
