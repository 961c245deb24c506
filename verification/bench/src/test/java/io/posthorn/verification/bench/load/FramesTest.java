package io.posthorn.verification.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class FramesTest {
    private final ByteBuffer out = ByteBuffer.allocate(1_024);

    @Test
    void anAckHasTheBytesOfTheSpecification() {
        Frames.ack(out, 7, true);

        assertThat(written()).isEqualTo("0100010000000d003c0050000000000000000701ce");
    }

    @Test
    void aMessageIsAMethodAHeaderAndABody() {
        int body = Frames.publish(out, "q", true, 2);

        assertThat(written())
                .isEqualTo("0100010000000a003c00280000000171" + "00ce"
                        + "0200010000000f003c0000000000000000000210000" + "2ce"
                        + "030001000000020000ce");
        assertThat(body).isEqualTo(out.limit() - 3);
    }

    private String written() {
        out.flip();
        byte[] bytes = new byte[out.remaining()];
        out.get(0, bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
