/// The management API, asked by programs that were written for RabbitMQ's.
@NullMarked
package io.posthorn.verification.conformance.management;

import org.jspecify.annotations.NullMarked;
