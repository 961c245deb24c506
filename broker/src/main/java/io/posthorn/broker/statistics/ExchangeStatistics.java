package io.posthorn.broker.statistics;

/// What went through one exchange since the start.
///
/// @param publishIn messages that were published there
/// @param publishOut how many queues they went to, all together
public record ExchangeStatistics(String virtualHost, String exchange, long publishIn, long publishOut) {
    public static ExchangeStatistics of(String virtualHost, String exchange, ExchangeTraffic traffic) {
        return new ExchangeStatistics(virtualHost, exchange, traffic.in(), traffic.out());
    }
}
