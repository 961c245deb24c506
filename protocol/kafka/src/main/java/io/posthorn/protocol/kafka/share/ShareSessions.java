package io.posthorn.protocol.kafka.share;

import io.posthorn.broker.statistics.ConsumerReport;
import io.posthorn.protocol.kafka.ClientConnection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ShareRequestMetadata;

/// The share sessions of all members: so many, and no more. Thread-safe.
///
/// A session is its connection's: by another one it does not exist, and it ends with it.
final class ShareSessions {
    /// Kafka's own number.
    static final int MOST = 2_000;

    private final Map<ShareSession.Owner, ShareSession> sessions = new HashMap<>();

    /// The sessions of each connection that tells when it closes.
    private final Map<ClientConnection, Set<ShareSession>> connections = new HashMap<>();

    /// A member begins. What is leased to it by the same connection stays so; another connection it has given up.
    ///
    /// @throws org.apache.kafka.common.errors.ShareSessionLimitReachedException when there are too many
    synchronized ShareSession begin(ShareSession.Owner owner, ClientConnection connection) {
        ShareSession known = sessions.get(owner);
        if (known != null && known.connection().equals(connection)) {
            known.restart();
            return known;
        }
        if (known == null && sessions.size() >= MOST) {
            throw Errors.SHARE_SESSION_LIMIT_REACHED.exception();
        }
        var begun = new ShareSession(owner, connection);
        sessions.put(owner, begun);
        sessionsOf(connection).add(begun);
        if (known != null) {
            forget(known);
            known.connection().io().execute(known::close);
        }
        return begun;
    }

    /// The session that a request is about.
    ///
    /// @param epoch which the request says; the last one is right for every session
    /// @throws org.apache.kafka.common.errors.ApiException when there is none, or its epoch is another one
    synchronized ShareSession take(ShareSession.Owner owner, int epoch, ClientConnection connection) {
        ShareSession known = sessions.get(owner);
        if (known == null || !known.connection().equals(connection)) {
            throw Errors.SHARE_SESSION_NOT_FOUND.exception();
        }
        if (epoch != ShareRequestMetadata.FINAL_EPOCH) {
            if (known.epoch() != epoch) {
                throw Errors.INVALID_SHARE_SESSION_EPOCH.exception();
            }
            known.advance();
        }
        return known;
    }

    private Set<ShareSession> sessionsOf(ClientConnection connection) {
        Set<ShareSession> known = connections.get(connection);
        if (known != null) {
            return known;
        }
        var none = new LinkedHashSet<ShareSession>();
        connections.put(connection, none);
        connection.whenClosed(() -> closed(connection));
        connection.consumers(() -> consumersOf(connection));
        return none;
    }

    private void forget(ShareSession session) {
        Set<ShareSession> all = connections.get(session.connection());
        if (all != null) {
            all.remove(session);
        }
    }

    private synchronized void closed(ClientConnection connection) {
        Set<ShareSession> all = connections.remove(connection);
        if (all != null) {
            all.forEach(this::end);
        }
    }

    private List<ConsumerReport> consumersOf(ClientConnection connection) {
        return of(connection).stream().flatMap(ShareSession::consumers).toList();
    }

    private synchronized List<ShareSession> of(ClientConnection connection) {
        return List.copyOf(connections.getOrDefault(connection, Set.of()));
    }

    /// On the io thread of its connection.
    synchronized void end(ShareSession session) {
        sessions.remove(session.owner(), session);
        forget(session);
        session.close();
    }

    synchronized int count() {
        return sessions.size();
    }
}
