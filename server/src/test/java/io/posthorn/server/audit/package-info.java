@NullMarked
package io.posthorn.server.audit;

import org.jspecify.annotations.NullMarked;
