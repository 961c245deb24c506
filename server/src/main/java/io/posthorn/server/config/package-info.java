/// Settings: where each comes from (flag, environment, file, default), what it may be, and how a wrong one is
/// refused.
///
/// Knows no other room: each room gets its own record of settings from the assembly.
@NullMarked
package io.posthorn.server.config;

import org.jspecify.annotations.NullMarked;
