package io.posthorn.events.spi;

/// A message on its way.
public record Outgoing(Address to, Content content, Handling handling, Conversation conversation) {
    /// A message that stands for itself.
    public Outgoing(Address to, Content content, Handling handling) {
        this(to, content, handling, Conversation.NONE);
    }

    /// Whether it waits before it can be taken out.
    public boolean isDelayed() {
        return handling.isDelayed();
    }
}
