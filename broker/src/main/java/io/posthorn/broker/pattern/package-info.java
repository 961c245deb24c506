/// Regular expressions that are looked for in names: of permissions, topic permissions and policies.
///
/// The syntax is what RabbitMQ's users write, Perl's, without what no bound can be given for. Matching is a
/// simulation of states, not backtracking: its time grows with the length of the name times the size of the
/// expression, and whoever writes an expression cannot hold up a loop with it.
///
/// Knows names as texts only.
@NullMarked
package io.posthorn.broker.pattern;

import org.jspecify.annotations.NullMarked;
