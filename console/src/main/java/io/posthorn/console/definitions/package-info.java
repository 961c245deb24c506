/// Definitions files: what is declared and decided in a broker, in RabbitMQ's JSON, both ways.
///
/// Reads a file into changes that the broker makes together, says beforehand what they would change, and writes a
/// file from a topology. Knows the format and the broker's nouns; nothing of HTTP and of where files come from.
@NullMarked
package io.posthorn.console.definitions;

import org.jspecify.annotations.NullMarked;
