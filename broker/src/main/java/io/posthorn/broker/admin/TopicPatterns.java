package io.posthorn.broker.admin;

/// With which routing keys a user may publish to, and bind from, a topic exchange: regular expressions in which
/// `{username}`, `{vhost}` and `{client_id}` stand for the connection's own.
public record TopicPatterns(String write, String read) {}
