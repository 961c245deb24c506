package io.posthorn.log;

/// Receives the state machines' events while a storage is opened, from the begin of the last complete
/// snapshot, in journal order, on the opening thread.
///
/// Events that a machine appended after the snapshot began but before the chunk of the thing they concern
/// come before that chunk: they are to be ignored where the thing is not known yet, and are overwritten by
/// the chunk otherwise.
public interface Recovery {
    /// A piece of a snapshot: replaces what is known of the same thing.
    void restore(int machine, Bytes chunk);

    /// An event, in the order in which it was appended.
    void replay(int machine, Bytes event);
}
