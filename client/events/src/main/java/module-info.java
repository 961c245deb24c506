/// Queues, an event bus and a scheduler with one programming interface for a broker in this process and one behind
/// a network.
module io.posthorn.events {
    requires static transitive org.jspecify;

    exports io.posthorn.events;
    exports io.posthorn.events.spi;

    uses io.posthorn.events.Codec;
    uses io.posthorn.events.Cron;
    uses io.posthorn.events.EventFormat;
    uses io.posthorn.events.spi.Provider;
}
