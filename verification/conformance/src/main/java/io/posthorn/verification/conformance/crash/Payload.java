package io.posthorn.verification.conformance.crash;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/// The body of a message says who published it and as which; the filler behind it follows from that, so that any
/// damage shows.
record Payload(String publisher, long sequence) {
    byte[] encode() {
        byte[] head = (publisher + " " + sequence + " ").getBytes(US_ASCII);
        byte[] body = Arrays.copyOf(head, head.length + fillerLength());
        byte[] filler = filler();
        System.arraycopy(filler, 0, body, head.length, filler.length);
        return body;
    }

    /// Mostly small; one in some hundreds larger than a frame, and a few larger than any buffer.
    private int fillerLength() {
        SplittableRandom random = new SplittableRandom(sequence);
        return switch (random.nextInt(1_000)) {
            case 0 -> 2 << 20;
            case 1, 2, 3 -> 200_000;
            default -> random.nextInt(400);
        };
    }

    private byte[] filler() {
        byte[] filler = new byte[fillerLength()];
        new SplittableRandom(~sequence).nextBytes(filler);
        return filler;
    }

    /// @return nothing if the body is not what was published
    static Optional<Payload> decode(byte[] body) {
        int limit = Math.min(body.length, 64);
        String[] head = new String(body, 0, limit, US_ASCII).split(" ", 3);
        if (head.length < 3 || !head[1].matches("[0-9]{1,18}")) {
            return Optional.empty();
        }
        Payload payload = new Payload(head[0], Long.parseLong(head[1]));
        return Arrays.equals(payload.encode(), body) ? Optional.of(payload) : Optional.empty();
    }
}
