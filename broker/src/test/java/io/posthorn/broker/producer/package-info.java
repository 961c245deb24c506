@NullMarked
package io.posthorn.broker.producer;

import org.jspecify.annotations.NullMarked;
