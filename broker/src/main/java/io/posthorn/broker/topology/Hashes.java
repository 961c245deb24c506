package io.posthorn.broker.topology;

/// Hashes that are the same in every JVM and at every time: what was routed together before a restart is routed
/// together after it.
final class Hashes {
    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private Hashes() {}

    /// FNV-1a over the characters, mixed.
    static long of(String text) {
        long hash = FNV_BASIS;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return mixed(hash);
    }

    /// Every bit of the value decides over every bit of the hash (the finalizer of MurmurHash3).
    static long mixed(long value) {
        long hash = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }
}
