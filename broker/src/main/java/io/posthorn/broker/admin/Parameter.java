package io.posthorn.broker.admin;

import org.jspecify.annotations.Nullable;

/// Something kept for a component by name, that the broker itself makes nothing of.
///
/// @param virtualHost null for a global parameter, whose component is empty
/// @param json the value, as JSON text
public record Parameter(@Nullable String virtualHost, String component, String name, String json) {}
