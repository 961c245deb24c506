@NullMarked
package io.posthorn.protobuf;

import org.jspecify.annotations.NullMarked;
