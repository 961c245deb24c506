/// How log lines look: one line each on standard error, written for people, safe to read in a terminal.
@NullMarked
package io.posthorn.server.logging;

import org.jspecify.annotations.NullMarked;
