/// Crashes the server, and the checker that judges it is itself put to the proof.
@NullMarked
package io.posthorn.verification.conformance.crash;

import org.jspecify.annotations.NullMarked;
