package io.posthorn.broker;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// For changes that the broker makes by itself: nobody waits for their end, and what fails is logged.
final class Unheard<T> implements Reply<T> {
    private static final Logger LOG = System.getLogger(LocalBroker.class.getName());

    @Override
    public void ok(T value) {}

    @Override
    public void failed(BrokerException cause) {
        LOG.log(Level.WARNING, cause.getMessage());
    }
}
