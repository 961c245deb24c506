package io.posthorn.events;

import java.util.OptionalLong;

/// What a handler knows beside the event. Of one attempt at one event.
public interface EventContext {
    /// The envelope, as CloudEvents has it; its data is the event.
    Event<?> event();

    /// What it was published with.
    String topic();

    /// How often it has been tried, this time included.
    int attempt();

    /// Its place in what the subscription keeps ([Subscribe#keeping]); the next handler goes on behind it by
    /// [Position#at] of one more. Empty where nothing is kept.
    OptionalLong position();

    /// Whether the publisher waits for an answer.
    boolean isRequest();

    /// Answers whoever waits; nobody hears it when nobody does.
    void reply(Object answer);
}
