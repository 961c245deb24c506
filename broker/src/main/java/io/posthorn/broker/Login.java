package io.posthorn.broker;

import io.posthorn.log.Bytes;

/// Somebody at a door says who they are.
///
/// @param door for the audit log: `amqp PLAIN`
public record Login(String user, Proof proof, Peer peer, String door) {
    /// The user that there is without anybody's doing, whose password everybody knows.
    public static final String GUEST = "guest";

    /// Guest's well-known password must not open a server to the network.
    public boolean isGuestFromElsewhere() {
        return user.equals(GUEST) && !peer.isLoopback();
    }

    /// What it is said with.
    public sealed interface Proof {
        record Password(Bytes password) implements Proof {
            /// Never shows it.
            @Override
            public String toString() {
                return "Password[]";
            }
        }

        /// Something that was checked already, such as a certificate.
        record Checked() implements Proof {}

        /// The answer to a challenge, which was checked where the challenge was made. Whoever guesses waits as with
        /// passwords, whether the guess is right or not.
        record Answered(boolean isRight) implements Proof {}
    }

    /// @param address without a port: failures are counted by it
    /// @param name for people, with the port: `127.0.0.1:50123`
    public record Peer(String address, boolean isLoopback, String name) {}
}
