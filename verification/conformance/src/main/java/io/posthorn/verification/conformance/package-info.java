/// Holds the whole server to its word from outside: foreign clients, raw sockets, crashes, full disks, fuzzing.
/// May know everything; nothing may know it.
@NullMarked
package io.posthorn.verification.conformance;

import org.jspecify.annotations.NullMarked;
