package io.posthorn.log;

import org.jspecify.annotations.Nullable;

/// @param name UTF-8
/// @param value null is a value of its own, not an empty one
public record RecordHeader(Bytes name, @Nullable Bytes value) {}
