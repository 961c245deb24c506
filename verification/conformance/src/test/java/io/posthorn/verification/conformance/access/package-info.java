/// Who may do what: every operation of every protocol, for every kind of user, on what is theirs and what is not.
@NullMarked
package io.posthorn.verification.conformance.access;

import org.jspecify.annotations.NullMarked;
