package io.posthorn.console.http;

import io.posthorn.broker.admin.Actor;
import io.posthorn.transport.Connection;
import org.jspecify.annotations.Nullable;

/// Finds out who asks. Called on virtual threads, and may take its time.
public interface CallerCheck {
    /// @param authorization the header of that name; null when there is none
    /// @throws HttpFailure 401 when nobody can be let in on this
    Actor check(@Nullable String authorization, Connection connection);

    /// Is told what a caller who is known may not do.
    ///
    /// @param what `GET /api/users`
    default void refused(Actor caller, String what, String why) {}
}
