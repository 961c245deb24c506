package io.posthorn.protocol.kafka;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestHeader;

/// Any bytes are requests, or are refused; and how they were split makes no difference.
public final class RequestFuzzer {
    private static final int MOST = 64 * 1024;

    private RequestFuzzer() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String whole = outcome(input, Math.max(1, input.length));
        if (!whole.equals(outcome(input, 1)) || !whole.equals(outcome(input, 7))) {
            throw new AssertionError("the split changed the requests");
        }
    }

    private static String outcome(byte[] input, int pieceSize) {
        var seen = new StringBuilder();
        var frames = new Frames(MOST);
        try {
            for (int from = 0; from < input.length; from += pieceSize) {
                frames.add(Unpooled.wrappedBuffer(input, from, Math.min(pieceSize, input.length - from)));
                for (ByteBuffer frame = frames.next(); frame != null; frame = frames.next()) {
                    seen.append(outcome(frame)).append(' ');
                }
            }
        } catch (Frames.Unreadable unreadable) {
            seen.append("unreadable");
        } finally {
            frames.release();
        }
        return seen.toString();
    }

    private static String outcome(ByteBuffer frame) {
        try {
            RequestHeader header = RequestHeader.parse(frame);
            if (!header.isApiVersionSupported()) {
                return "unknown version";
            }
            AbstractRequest request = KafkaConnection.body(header, frame);
            return header.apiKey() == ApiKeys.API_VERSIONS ? "versions" : request.apiKey().name;
        } catch (InvalidRequestException refused) {
            return "refused";
        }
    }
}
