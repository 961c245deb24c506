/// Kills a server at random moments, by `kill -9` or by cutting its file system's power, and checks afterwards that it
/// kept its word. The load, the server and the checker are processes of their own; what they know of each other is a
/// history written to a file.
@NullMarked
package io.posthorn.verification.conformance.crash;

import org.jspecify.annotations.NullMarked;
