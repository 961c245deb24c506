package io.posthorn.broker.topic;

import io.posthorn.broker.Done;
import io.posthorn.broker.Reply;
import java.util.List;

/// One of those who compete for the records of a partition, by the offsets: what is leased to one goes to no
/// other until it comes back. Confined to the io thread of its session, on which replies come. Ends with its
/// session at the latest.
public interface LeaseHolder extends AutoCloseable {
    /// Leases what is ready, lowest offsets first; nothing when there is nothing.
    ///
    /// @param reply with ranges in the order of their offsets
    void lease(LeaseWish wish, Reply<List<Leased>> reply);

    /// Ends leases, or renews them. Offsets before the start of the cursor do not matter any more. It is durable
    /// before the reply.
    void end(List<LeaseEnd> ends, Reply<LeaseAnswer> reply);

    /// Answers once, when something may be ready. Asked again, only the last reply is.
    void awaitReady(Reply<Done> reply);

    /// Gives everything back that is leased.
    @Override
    void close();
}
