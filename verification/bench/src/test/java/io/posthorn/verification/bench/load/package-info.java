@NullMarked
package io.posthorn.verification.bench.load;

import org.jspecify.annotations.NullMarked;
