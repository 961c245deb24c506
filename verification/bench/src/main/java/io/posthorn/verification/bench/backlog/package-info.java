/// A deep queue, through the broker's own interface: no network, so that what is measured is the queue and its
/// log, and a small heap shows what they hold.
@NullMarked
package io.posthorn.verification.bench.backlog;

import org.jspecify.annotations.NullMarked;
