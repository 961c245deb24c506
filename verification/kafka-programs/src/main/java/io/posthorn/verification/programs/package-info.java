/// Programs on Kafka's libraries, with the class path of a published Kafka, and the door to its command line tools.
/// They know nothing of Posthorn: they are told an address, as anybody is.
@NullMarked
package io.posthorn.verification.programs;

import org.jspecify.annotations.NullMarked;
