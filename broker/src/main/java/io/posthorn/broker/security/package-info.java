/// Who somebody is, and what they may do.
///
/// Today there is one built-in user, guest with password guest, and every user may do everything in every virtual
/// host; permissions, more users and their storage come behind the same two doors, [Users] and [AccessControl].
/// That guest may come from loopback only is checked by whoever knows the peer's address: the protocol.
///
/// Knows no protocol and no topology.
@NullMarked
package io.posthorn.broker.security;

import org.jspecify.annotations.NullMarked;
