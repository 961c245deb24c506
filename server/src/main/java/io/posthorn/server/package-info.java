/// Assembly and lifecycle: puts storage, broker and protocols together, starts and stops them in order.
///
/// Knows every room by its front door, and nothing of a wire format or of what lies in a file.
@NullMarked
package io.posthorn.server;

import org.jspecify.annotations.NullMarked;
