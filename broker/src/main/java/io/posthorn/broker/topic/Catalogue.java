package io.posthorn.broker.topic;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// The topics of one virtual host at one instant. Immutable.
///
/// A topic is what has a name that may be a topic's, `[a-zA-Z0-9._-]{1,249}`, and is nobody's own: no exclusive
/// queue, and none that the broker named.
public interface Catalogue {
    /// By name.
    Collection<Topic> topics();

    @Nullable
    Topic named(String name);

    /// @param id see [Topic#id]
    @Nullable
    Topic identified(long id);

    /// What holds where a topic says nothing.
    TopicDefaults defaults();
}
