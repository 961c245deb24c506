package io.posthorn.verification.simulation;

/// One promise of the product, watched over by what happens in a world.
///
/// @param <E> what it watches
public interface Invariant<E> {
    /// @throws InvariantBroken when this must not happen after what has happened
    void observe(E event);
}
