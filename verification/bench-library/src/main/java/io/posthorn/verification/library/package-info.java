/// The library beside what people use today: event buses in memory, and queues in databases.
@NullMarked
package io.posthorn.verification.library;

import org.jspecify.annotations.NullMarked;
