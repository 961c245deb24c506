package io.posthorn.broker;

/// A binding from an exchange to a queue, or to another exchange.
public record BindingSpec(
        String source, Destination destination, String destinationName, String routingKey, Arguments arguments) {
    public enum Destination {
        QUEUE,
        EXCHANGE
    }
}
