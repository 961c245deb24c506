/// Programs of `com.rabbitmq:amqp-client` users, run as processes beside those in `clients/` of other languages.
@NullMarked
package io.posthorn.verification.conformance.clients;

import org.jspecify.annotations.NullMarked;
