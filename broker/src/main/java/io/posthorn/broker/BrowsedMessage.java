package io.posthorn.broker;

/// A message that somebody looked at, and that stays where it is.
///
/// @param queue where it is: for a dead one, not the queue it died in
/// @param id its offset there
/// @param redelivered whether it may have been delivered before
/// @param deliveryCount how often it was delivered and came back
public record BrowsedMessage(
        QueueHandle queue, MessageState state, long id, boolean redelivered, int deliveryCount, Message message) {}
