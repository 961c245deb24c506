package io.posthorn.log;

import java.util.Optional;

/// Small facts with compare-and-set: which segments make up a journal, who owns it. A handful of keys, a few
/// kilobytes each; never one per queue.
///
/// All methods may block. What a method returned is durable.
public interface MetaStore extends AutoCloseable {
    Optional<Versioned> get(String key);

    /// Writes the value if the version is still the expected one.
    ///
    /// @param key 1 to 64 of `a-z 0-9 -`
    /// @param expectedVersion 0 to create
    /// @return the new version
    /// @throws LogException.Fenced when somebody else has changed it
    long put(String key, Bytes value, long expectedVersion);

    /// Removes the fact if the version is still the expected one.
    void delete(String key, long expectedVersion);

    @Override
    void close();

    /// @param version 1 for a fact just created, one more with every change
    record Versioned(Bytes value, long version) {}
}
