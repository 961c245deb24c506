/// Who somebody is, and what they may do.
///
/// Two doors, the same for every protocol: [io.posthorn.broker.security.Logins] finds out who somebody is, slowly
/// where they guess; [io.posthorn.broker.security.AccessControl] knows what they may do, which is what was allowed and
/// nothing else. What was decided is the topology's; here it is only read.
///
/// Knows no protocol.
@NullMarked
package io.posthorn.broker.security;

import org.jspecify.annotations.NullMarked;
