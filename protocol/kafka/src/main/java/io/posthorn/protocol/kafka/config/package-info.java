/// What was configured at run time beside topics: of groups, and of the broker. Owns how that is kept; must not know
/// what the keys mean.
@NullMarked
package io.posthorn.protocol.kafka.config;

import org.jspecify.annotations.NullMarked;
