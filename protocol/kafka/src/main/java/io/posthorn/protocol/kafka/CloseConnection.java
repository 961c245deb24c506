package io.posthorn.protocol.kafka;

import java.io.Serial;

/// There is no answer that would say what is wrong: only the end of the connection does.
public final class CloseConnection extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// @param reason for the log
    public CloseConnection(String reason) {
        super(reason, null, false, false);
    }
}
