/// The conformance tests: each is named after the promise it keeps, and runs against any AMQP broker.
@NullMarked
package io.posthorn.verification.conformance;

import org.jspecify.annotations.NullMarked;
