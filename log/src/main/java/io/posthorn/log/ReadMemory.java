package io.posthorn.log;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Memory of a reader's own that batches are read into, wherever that may lie.
public interface ReadMemory {
    /// Asked once for a read, when it is known how much there is. Whoever gives the memory takes it back,
    /// whatever comes of the read.
    ///
    /// @return room for so many bytes, from index 0 to the limit; null where there is none
    @Nullable
    ByteBuffer room(int bytes);
}
