package io.posthorn.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.RecvByteBufAllocator;
import org.junit.jupiter.api.Test;

/// How much is read of a peer at once.
class ReceiveBuffersTest {
    private static final int KIB = 1024;

    private final ReceiveBuffers buffers = new ReceiveBuffers();

    @SuppressWarnings("deprecation") // as in the class itself
    private final RecvByteBufAllocator.Handle handle = buffers.newHandle();

    @Test
    void aStrangerFillsSmallBuffersOnlyAndWhoIsTrustedLargeOnes() {
        fill();
        assertThat(handle.guess()).isEqualTo(8 * KIB);
        buffers.trust();
        fill();
        assertThat(handle.guess()).isEqualTo(128 * KIB);
    }

    @Test
    void whereMemoryIsShortLittleIsReadOfAnyone() {
        buffers.trust();
        fill();
        buffers.readLittle(true);
        assertThat(handle.guess()).isEqualTo(8 * KIB);
        fill();
        assertThat(handle.guess()).isEqualTo(8 * KIB);
        buffers.readLittle(false);
        fill();
        assertThat(handle.guess()).isEqualTo(128 * KIB);
    }

    /// The peer sends more than is read.
    private void fill() {
        for (int i = 0; i < 10; i++) {
            handle.lastBytesRead(handle.guess());
        }
    }
}
