package io.posthorn.broker.queue;

/// Takes single messages when asked.
public final class Getter extends Holder {}
