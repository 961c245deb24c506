package io.posthorn.events;

/// What a handler knows beside the event. Of one attempt at one event.
public interface EventContext {
    /// The envelope, as CloudEvents has it; its data is the event.
    Event<?> event();

    /// What it was published with.
    String topic();

    /// How often it has been tried, this time included.
    int attempt();

    /// Whether the publisher waits for an answer.
    boolean isRequest();

    /// Answers whoever waits; nobody hears it when nobody does.
    void reply(Object answer);
}
