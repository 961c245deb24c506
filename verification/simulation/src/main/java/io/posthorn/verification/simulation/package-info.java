/// A world in one thread, grown from one seed: a disk that forgets and lies as real ones do, executors whose order
/// is chance, clients, crashes; and the real storage and broker in the middle.
///
/// Knows everything; nothing knows it. What the invariants hold to be true is the product's promise.
@NullMarked
package io.posthorn.verification.simulation;

import org.jspecify.annotations.NullMarked;
