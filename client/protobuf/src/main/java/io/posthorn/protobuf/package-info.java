/// Values of the library as Protobuf.
@NullMarked
package io.posthorn.protobuf;

import org.jspecify.annotations.NullMarked;
