/// Segments and facts on local files: how they are framed, synced, re-used and given back.
///
/// Owns the data directory's format. Knows nothing of journals, logs or queues; an entry is opaque here. All
/// access to files goes through [io.posthorn.storage.file.Disk], so that a simulated disk can stand in.
@NullMarked
package io.posthorn.storage.file;

import org.jspecify.annotations.NullMarked;
