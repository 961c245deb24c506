@NullMarked
package io.posthorn.protocol.kafka.admin;

import org.jspecify.annotations.NullMarked;
