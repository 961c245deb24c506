@NullMarked
package io.posthorn.protocol.kafka.config;

import org.jspecify.annotations.NullMarked;
