package io.posthorn.events;

import java.time.Instant;

/// Something that will be published.
///
/// @param next when, or a moment later
public record Schedule(String name, Instant next) {}
