package io.posthorn.broker;

/// Who acts: an authenticated user.
public record Principal(String user) {}
