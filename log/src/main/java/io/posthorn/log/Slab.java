package io.posthorn.log;

/// A run of the journal in memory. Guarded by the storage's lock, but for the bytes before `used`, which do not
/// change while the slab is pinned or in the tail.
final class Slab {
    final byte[] array;
    long base;
    int used;
    int pins;
    boolean inTail;

    /// Whether the next slab is written with this one, because something lies in both that must survive together.
    boolean goesOn;

    Slab(int size) {
        array = new byte[size];
    }

    long end() {
        return base + used;
    }
}
