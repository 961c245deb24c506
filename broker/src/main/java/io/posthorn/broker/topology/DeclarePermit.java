package io.posthorn.broker.topology;

import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;

/// Asked whether somebody may declare what they want, at the moment at which it is known by what name, and whether it
/// is there already. Called on the executor of the [TopologyManager].
public interface DeclarePermit {
    /// Whatever is asked for.
    DeclarePermit ALL = new DeclarePermit() {
        @Override
        public void check(QueueSpec queue, boolean isNew) {}

        @Override
        public void check(ExchangeSpec exchange, boolean isNew) {}
    };

    /// Who declares; empty where that is nobody's doing.
    default String user() {
        return "";
    }

    /// @param queue with the name that it has or gets
    /// @throws BrokerException.AccessRefused
    void check(QueueSpec queue, boolean isNew);

    /// @throws BrokerException.AccessRefused
    void check(ExchangeSpec exchange, boolean isNew);
}
