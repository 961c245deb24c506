/// Policies: which one a queue or an exchange has, what it comes to together with the operator's policy and with what
/// was asked for at the declare, and which definitions make sense.
///
/// Pure: knows names, types and values, no topology, no queues and no storage.
@NullMarked
package io.posthorn.broker.policy;

import org.jspecify.annotations.NullMarked;
