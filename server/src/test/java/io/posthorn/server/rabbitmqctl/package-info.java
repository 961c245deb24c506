@NullMarked
package io.posthorn.server.rabbitmqctl;

import org.jspecify.annotations.NullMarked;
