package io.posthorn.broker.topology;

import io.posthorn.broker.policy.Policies;
import io.posthorn.broker.topic.TopicDefaults;

/// What operators have set for the queues and topics of one virtual host, ready to be asked. Immutable.
record HostSettings(Policies policies, TopicDefaults topics) {
    static final HostSettings NONE = new HostSettings(Policies.NONE, TopicDefaults.NONE);

    HostSettings with(Policies changed) {
        return new HostSettings(changed, topics);
    }

    HostSettings with(TopicDefaults changed) {
        return new HostSettings(policies, changed);
    }
}
