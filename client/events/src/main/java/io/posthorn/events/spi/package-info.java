/// What a broker must offer so that the library runs on it: a [io.posthorn.events.spi.Provider] opens a
/// [io.posthorn.events.spi.Link]. For those who connect brokers, not for applications.
@NullMarked
package io.posthorn.events.spi;

import org.jspecify.annotations.NullMarked;
