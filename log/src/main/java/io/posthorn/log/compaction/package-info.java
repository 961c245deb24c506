/// What stays of a log of which only the newest record of each key is kept. Owns the rules, and the table of keys that
/// one pass over a log needs; must not know when a log is worth cleaning, nor how it is stored.
@NullMarked
package io.posthorn.log.compaction;

import org.jspecify.annotations.NullMarked;
