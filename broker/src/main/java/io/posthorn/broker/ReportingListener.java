package io.posthorn.broker;

import io.posthorn.broker.statistics.ConnectionReport;
import io.posthorn.broker.statistics.Tally;

/// The listener of a session that a peer has opened, and that lists show. Called on the session's io executor.
public interface ReportingListener extends SessionListener {
    ConnectionReport report();

    /// Adds what the connection has counted since it was opened.
    void addCounts(Tally into);

    int openChannels();
}
