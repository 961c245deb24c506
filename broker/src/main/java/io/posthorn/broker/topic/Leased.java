package io.posthorn.broker.topic;

/// Offsets that somebody has for a time: there is a record at each, or never was one.
///
/// @param from inclusive
/// @param to exclusive
/// @param deliveries how often they were delivered, this time included
public record Leased(long from, long to, int deliveries) {}
