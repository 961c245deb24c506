package io.posthorn.log;

import java.util.List;

/// Something to be appended, as part of [LogStorage#appendTogether].
public sealed interface Append {
    /// One batch to these durable logs, each once.
    record Batch(List<Log> logs, RecordBatch batch) implements Append {}

    /// One event of a state machine.
    record Event(int machine, Bytes event) implements Append {}
}
