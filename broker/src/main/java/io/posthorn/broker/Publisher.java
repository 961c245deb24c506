package io.posthorn.broker;

/// Publishes messages in order. Confined to the session's io thread.
public interface Publisher {
    /// Routes one message and collects it for the queues it is bound for; the bytes of `message` may be
    /// re-used afterwards.
    ///
    /// @param sequence what the receipt names, growing from call to call; negative when no receipt is wanted
    /// @return how many queues it goes to; with 0 there is no receipt: it is the caller's to answer
    /// @throws BrokerException.NotFound when there is no such exchange
    /// @throws BrokerException.AccessRefused when the exchange is internal
    /// @throws BrokerException.MessageTooLarge
    int publish(Message message, long sequence);
}
