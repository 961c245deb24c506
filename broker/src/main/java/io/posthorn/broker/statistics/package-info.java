/// What the broker counts and knows of itself, as values: totals, queues, connections with their channels and
/// consumers.
///
/// Counting is done by plain fields where things happen; this package owns what they are called and how they are read.
/// Rates, names of routes and formats of text are for those who show them.
@NullMarked
package io.posthorn.broker.statistics;

import org.jspecify.annotations.NullMarked;
