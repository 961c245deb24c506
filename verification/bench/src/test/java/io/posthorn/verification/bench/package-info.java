@NullMarked
package io.posthorn.verification.bench;

import org.jspecify.annotations.NullMarked;
