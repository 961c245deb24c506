/// How fast things are counted: readings of the broker at even intervals, taken and kept only as long as somebody
/// looks.
///
/// Knows what is counted and not who asks: routes and formats are of `api` and `metrics`.
@NullMarked
package io.posthorn.console.rates;

import org.jspecify.annotations.NullMarked;
