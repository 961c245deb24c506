package io.posthorn.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResponseBytesTest {
    private static final int SIZE = 1_000_000;

    @Test
    void whereThereIsNoMemoryForAnAnswerAllOfItIsGivenBack() {
        int pieces = 0;
        boolean isWhole = false;
        while (!isWhole) {
            pieces++;
            var memory = new Memory(pieces);
            isWhole = writes(new ResponseBytes(memory, SIZE));
            assertThat(memory.given).hasSize(pieces).allMatch(piece -> piece.refCnt() == 0);
        }
        assertThat(pieces).isGreaterThan(5);
    }

    private static boolean writes(ResponseBytes answer) {
        boolean isWhole = true;
        try {
            for (int i = 0; i < SIZE / 10; i++) {
                answer.writeInt(i);
            }
            answer.writeByteArray(new byte[SIZE / 10 * 6]);
        } catch (OutOfMemoryError _) {
            isWhole = false;
        }
        answer.undo();
        return isWhole;
    }

    /// Has so many pieces to give, and no more.
    private static final class Memory extends AbstractByteBufAllocator {
        private final List<ByteBuf> given = new ArrayList<>();
        private final int pieces;

        Memory(int pieces) {
            this.pieces = pieces;
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return newDirectBuffer(initialCapacity, maxCapacity);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            if (given.size() == pieces) {
                throw new OutOfMemoryError("as it happens");
            }
            given.add(UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity));
            return given.getLast();
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }
}
