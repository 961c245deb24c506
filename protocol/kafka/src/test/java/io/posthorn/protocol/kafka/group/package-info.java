@NullMarked
package io.posthorn.protocol.kafka.group;

import org.jspecify.annotations.NullMarked;
