/// Values as JSON: records first, everything else as Jackson has it. On the class path it is found by itself.
@NullMarked
package io.posthorn.json;

import org.jspecify.annotations.NullMarked;
