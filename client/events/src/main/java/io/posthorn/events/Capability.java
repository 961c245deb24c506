package io.posthorn.events;

/// What one broker can do and another may not.
public enum Capability {
    /// Messages survive the end of the broker's process.
    DURABLE("keeping messages over a restart"),
    /// [QueueOptions#lifo].
    LIFO("last in, first out"),
    /// [Send#delay] and [Delivery#retryAfter].
    DELAY("delayed messages"),
    /// [QueueOptions#deduplicate].
    DEDUPLICATION("keeping out duplicates"),
    /// [QueueOptions#fair].
    FAIRNESS("fairness by key"),
    /// [Queue#peek].
    PEEK("looking at messages without taking them out"),
    /// [Queue#remove].
    REMOVE("removing a single message"),
    /// [Scheduler#schedules] and [Scheduler#cancel].
    SCHEDULES("listing and cancelling schedules"),
    /// [Subscribe#keeping].
    REPLAY("keeping events that were handled, and handling them again"),
    /// [Scheduler#cron].
    CRON("cron expressions");

    private final String words;

    Capability(String words) {
        this.words = words;
    }

    /// For people.
    public String words() {
        return words;
    }
}
