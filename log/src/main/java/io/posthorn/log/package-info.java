/// What a log is: the record format, the journal, its index and recovery, and the two small interfaces that
/// an engine implements to keep segments and facts.
///
/// This package knows nothing of queues, protocols, files or sockets.
@NullMarked
package io.posthorn.log;

import org.jspecify.annotations.NullMarked;
