package io.posthorn.broker.topology;

import io.posthorn.broker.BrokerException.ResourceLocked;

/// How things are called in what clients read: RabbitMQ's words, which clients and their tests match on.
final class Texts {
    private Texts() {}

    static String exchange(String virtualHost, String name) {
        return "exchange '" + name + "' in vhost '" + virtualHost + "'";
    }

    static String queue(String virtualHost, String name) {
        return "queue '" + name + "' in vhost '" + virtualHost + "'";
    }

    static ResourceLocked lockedQueue(QueueEntry queue) {
        return new ResourceLocked("cannot obtain exclusive access to locked " + queue
                + ". It could be originally declared on another connection or the exclusive property value does not"
                + " match that of the original declaration.");
    }
}
