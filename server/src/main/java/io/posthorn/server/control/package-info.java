/// The control socket: the management API for the owner of the broker, on the broker's own machine, and what only the
/// owner may ask for.
///
/// A Unix socket that only its owner can open; no protocol room knows of it.
@NullMarked
package io.posthorn.server.control;

import org.jspecify.annotations.NullMarked;
