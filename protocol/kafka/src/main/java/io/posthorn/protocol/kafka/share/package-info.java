/// Records out to share groups (KIP-932): share sessions, records that are leased to members, and what members say of
/// them. Owns how such a fetch is answered; must not know how the broker keeps what is delivered to whom.
@NullMarked
package io.posthorn.protocol.kafka.share;

import org.jspecify.annotations.NullMarked;
