/// Who may do what, as Kafka's administrators say and see it: SASL's mechanisms, credentials for SCRAM, and
/// access control lists, which are another editor of the broker's users and rights. Owns nothing that is
/// kept.
@NullMarked
package io.posthorn.protocol.kafka.security;

import org.jspecify.annotations.NullMarked;
