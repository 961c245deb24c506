package io.posthorn.broker.queue;

import io.posthorn.broker.Message;

/// The way of one queue's messages to other queues, through exchanges, as the topology is when each sets out.
/// Never waits and never refuses: who uses it bounds how much is under way. Called on the queue's thread.
///
/// What became of each message comes back as [Queue#forwarded] or [Queue#notForwarded].
public interface Forwards {
    /// Takes a message, to be sent at the next [#flush] at the latest. Its bytes are copied.
    ///
    /// @param sequence names it when it is answered; negative when nobody is to answer
    /// @param dead whether it dies now: then it passes over queues that it has gone round to with nobody's doing
    /// @return how many queues it goes to; when none, there is nothing to be answered
    int forward(Message message, long sequence, boolean dead);

    /// Sends everything taken.
    void flush();
}
