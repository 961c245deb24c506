/// How the library works on any [io.posthorn.events.spi.Link]: codecs, deliveries, handlers and their retries.
///
/// Owns no thread but the virtual ones that handlers run on, and knows no broker.
@NullMarked
package io.posthorn.events.runtime;

import org.jspecify.annotations.NullMarked;
