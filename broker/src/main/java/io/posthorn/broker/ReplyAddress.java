package io.posthorn.broker;

/// Where replies to one requester come: a name that no queue has, and that can be published to at the default
/// exchange as long as it is open. Messages go straight to the requester's sink; nothing is kept of them.
public interface ReplyAddress extends ConsumerHandle {
    /// What requests carry, so that whoever answers knows where to. Cannot be guessed.
    String name();
}
