package io.posthorn.broker;

/// Where it is written down who did what. Never waits; any thread.
public interface AuditLog {
    /// Keeps nothing.
    AuditLog NONE = _ -> {};

    void record(Entry entry);

    /// Never holds a secret or the body of a message.
    ///
    /// @param who the user; of a login that was refused, who they said they are
    /// @param from for people: `127.0.0.1:50123`
    /// @param what `declare queue 'q' in vhost '/'`
    /// @param result `ok`, or why not
    record Entry(String who, String from, String what, String result) {
        public static final String OK = "ok";
    }
}
