@NullMarked
package io.posthorn.server.config;

import org.jspecify.annotations.NullMarked;
