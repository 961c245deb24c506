package io.posthorn.broker.admin;

import io.posthorn.broker.Done;
import io.posthorn.broker.Reply;
import io.posthorn.broker.topology.Topology;
import java.util.List;

/// The one door through which operators change a broker. Thread-safe.
public interface Administration {
    /// Everything that was decided and is durable: virtual hosts with their exchanges, queues and bindings, users,
    /// rights, policies, parameters and limits. An immutable value.
    Topology current();

    /// Makes all the changes, or none: each is checked against what those before it have made, and the answer comes
    /// when all are durable. What is there already as it is asked for changes nothing.
    ///
    /// @param by who asks; refused with [io.posthorn.broker.BrokerException.AccessRefused] where their tags do not
    /// allow one of the changes
    /// @param reply told on any thread
    void apply(Actor by, List<AdminChange> changes, Reply<Done> reply);

    /// Writes down what an operator did in another way: with messages, through a session.
    ///
    /// @param what `replay dead letters of queue 'q' in vhost '/'`
    /// @param result `ok`, or why not
    void note(Actor by, String what, String result);

    /// Writes down what an operator may not, up to ten times a second: whoever tries it could fill the log.
    void noteRefused(Actor by, String what, String why);

    /// What each of the changes would come to if they were made now, one after the other. Nothing is done. A change
    /// that would be refused is passed over, so that all that would be refused are found.
    List<Rehearsed> rehearse(Actor by, List<AdminChange> changes);
}
