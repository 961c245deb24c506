package io.posthorn.log;

/// What a storage tells its owner. Called from the storage's own threads: each call only stores a fact and
/// wakes somebody up.
public interface StorageListener {
    /// The journal's durable end has moved; its value is read from [Journal#durableEnd].
    void durable();

    /// A write or sync failed: nothing after the durable end will ever be durable, and appending throws.
    void failed(LogException.Poisoned cause);

    /// Free space fell below the low-water mark (true) or rose above it again (false). Publishers are to be
    /// stopped; settling, trimming and reading go on out of the reserve.
    void spaceLow(boolean low);
}
