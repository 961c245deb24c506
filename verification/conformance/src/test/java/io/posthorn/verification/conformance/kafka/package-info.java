/// Kafka's own clients, tools and others', over real sockets.
@NullMarked
package io.posthorn.verification.conformance.kafka;

import org.jspecify.annotations.NullMarked;
