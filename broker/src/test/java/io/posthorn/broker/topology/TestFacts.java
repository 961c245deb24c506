package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Message;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import java.util.List;
import java.util.SplittableRandom;

/// Messages as exchanges see them, of which only what they may ask matters.
final class TestFacts {
    private TestFacts() {}

    static MessageFacts none() {
        return headers(Arguments.NONE);
    }

    static MessageFacts headers(Arguments headers) {
        return of(headers, List.of(), -1);
    }

    static MessageFacts property(String recordHeader, String value) {
        return of(Arguments.NONE, List.of(new RecordHeader(Bytes.utf8(recordHeader), Bytes.utf8(value))), -1);
    }

    static MessageFacts timestamp(long milliseconds) {
        return of(Arguments.NONE, List.of(), milliseconds);
    }

    private static MessageFacts of(Arguments headers, List<RecordHeader> records, long timestamp) {
        var message = new Message(
                "", "", List.of(), null, records, Bytes.EMPTY, false, 0, Message.NEVER, timestamp, () -> headers);
        return new MessageFacts(new SplittableRandom(1)).of(message);
    }
}
