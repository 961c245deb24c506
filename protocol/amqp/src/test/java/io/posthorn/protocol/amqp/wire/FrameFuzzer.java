package io.posthorn.protocol.amqp.wire;

import java.util.List;

/// Any bytes are frames, or are refused; and how they were split makes no difference.
public final class FrameFuzzer {
    private FrameFuzzer() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Object whole = outcome(input, Math.max(1, input.length));
        if (!whole.equals(outcome(input, 1)) || !whole.equals(outcome(input, 7))) {
            throw new AssertionError("the split changed the frames");
        }
    }

    private static Object outcome(byte[] input, int pieceSize) {
        try {
            List<String> frames = FrameTest.frames(input, pieceSize);
            return frames;
        } catch (AmqpException refused) {
            // The octets that the text shows are those that have arrived; why it is refused does not depend on them.
            String text = refused.replyText();
            return refused.code() + text.substring(text.lastIndexOf(": "));
        }
    }
}
