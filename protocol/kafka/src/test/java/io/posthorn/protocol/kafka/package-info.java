@NullMarked
package io.posthorn.protocol.kafka;

import org.jspecify.annotations.NullMarked;
