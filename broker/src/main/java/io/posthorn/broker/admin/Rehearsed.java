package io.posthorn.broker.admin;

import io.posthorn.broker.BrokerException;

/// What one change would come to.
public sealed interface Rehearsed {
    /// Something would be new or different.
    record Made() implements Rehearsed {}

    /// It is so already.
    record Nothing() implements Rehearsed {}

    /// And so would be everything that is asked for together with it.
    record Refused(BrokerException cause) implements Rehearsed {}
}
