package io.posthorn.broker;

import org.jspecify.annotations.Nullable;

/// What a session has of somebody who holds deliveries.
abstract sealed class LocalHandle implements ConsumerHandle
        permits LocalConsumer, LocalGetter, LocalLeaseHolder, LocalReplyAddress, LocalTopicConsumer {
    /// Where settlements of this queue are collected; null when nothing of it was ever delivered to the owner.
    abstract @Nullable SettleCollector collector(QueueHandle queue);
}
