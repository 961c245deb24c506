/// What the coordinators of groups and of transactions share: the way to their logs. Owns the broker session that acts
/// for them; must not know a request.
@NullMarked
package io.posthorn.protocol.kafka.coordinator;

import org.jspecify.annotations.NullMarked;
