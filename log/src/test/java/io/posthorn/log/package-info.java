/// The promises of the log, and the contract suite that every storage passes.
@NullMarked
package io.posthorn.log;

import org.jspecify.annotations.NullMarked;
