package io.posthorn.events;

import java.time.Instant;

/// A file is there, and whole.
///
/// @param path where it is now
/// @param size in bytes
/// @param modified when it was last written to
public record FileArrived(String path, long size, Instant modified) {}
