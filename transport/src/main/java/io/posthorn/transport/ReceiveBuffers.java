package io.posthorn.transport;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/// Sizes the buffer of each socket read by what the last ones brought: small for a stranger and for a quiet
/// connection, large for a busy one, since few large reads are cheaper than many small ones.
final class ReceiveBuffers extends DefaultMaxMessagesRecvByteBufAllocator {
    private static final int SMALLEST = 2 * 1024;
    private static final int UNTRUSTED = 8 * 1024;
    private static final int LARGEST = 128 * 1024;

    private boolean trusted;
    private boolean little;

    void trust() {
        trusted = true;
    }

    void readLittle(boolean now) {
        little = now;
    }

    private int limit() {
        return trusted && !little ? LARGEST : UNTRUSTED;
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's own way to bring an allocator of one's own
    public Handle newHandle() {
        return new AdaptingHandle();
    }

    private final class AdaptingHandle extends MaxMessageHandle {
        private int next = SMALLEST;
        private int smallReads;

        @Override
        public int guess() {
            return Math.min(next, limit());
        }

        @Override
        public void lastBytesRead(int bytes) {
            adapt(bytes);
            super.lastBytesRead(bytes);
        }

        // Grows at once, and shrinks only after two small reads, so that it does not swing.
        private void adapt(int bytes) {
            if (bytes >= guess()) {
                next = Math.min(guess() * 4, LARGEST);
                smallReads = 0;
            } else if (bytes > next / 4) {
                smallReads = 0;
            } else if (++smallReads == 2) {
                next = Math.max(next / 2, SMALLEST);
                smallReads = 0;
            }
        }
    }
}
