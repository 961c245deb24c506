/// The experiment behind ADR 0007: what a commit and a catch-up read cost with one journal, and with a file
/// per log. Plain files only; knows nothing of the rooms that were built from what it showed.
@NullMarked
package io.posthorn.verification.bench.spike;

import org.jspecify.annotations.NullMarked;
