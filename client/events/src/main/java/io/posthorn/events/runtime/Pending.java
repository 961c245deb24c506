package io.posthorn.events.runtime;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Calls of the application that wait for somebody else, and are told when nobody will come any more. Thread-safe.
final class Pending {
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    /// One call. Each is itself only.
    private static final class Call {
        final Runnable end;

        Call(Runnable end) {
            this.end = end;
        }
    }

    /// @param end runs once more where the end comes at the same time; never waits
    /// @return takes it back
    Runnable add(Runnable end) {
        var call = new Call(end);
        calls.add(call);
        if (ended) {
            end.run();
        }
        return () -> calls.remove(call);
    }

    void end() {
        ended = true;
        calls.forEach(call -> call.end.run());
    }
}
