package io.posthorn.broker.statistics;

import io.posthorn.broker.Arguments;
import org.jspecify.annotations.Nullable;

/// What of a connection stays as it was when it was opened.
///
/// @param protocol for people: `AMQP 0-9-1`
/// @param encryption null where everybody on the way can read along
/// @param clientProperties what the peer says of itself
/// @param heartbeatSeconds after how long a silent peer is asked whether it is there; 0 for never
/// @param connectedAt milliseconds since the epoch
public record ConnectionFacts(
        String protocol,
        Ends ends,
        @Nullable Encryption encryption,
        String authMechanism,
        Arguments clientProperties,
        int frameMax,
        int channelMax,
        int heartbeatSeconds,
        long connectedAt) {

    /// Both ends of a socket.
    public record Ends(String host, int port, String peerHost, int peerPort) {}

    /// @param peer who has shown a certificate; null for nobody
    public record Encryption(
            String protocol, String cipher, @Nullable Peer peer) {}

    /// What a peer's certificate says.
    public record Peer(String subject, String issuer, String validity) {}
}
