package io.posthorn.broker;

/// A resource that runs out. While one is on, publishers are stopped; consumers go on.
public enum Alarm {
    MEMORY,
    DISK
}
