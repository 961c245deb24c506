package io.posthorn.protocol.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.posthorn.log.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FrameTest {
    private final FrameWriter writer = new FrameWriter();

    @Test
    void basicAckHasTheBytesOfTheSpecification() {
        ByteBuf out = Unpooled.buffer();
        writer.method(out, 1, new BasicMethod.Ack(7, true));
        assertThat(Hex.of(out)).isEqualTo(Hex.tidy("01 0001 0000000d  003c 0050 0000000000000007 01  ce"));
    }

    @Test
    void aHeartbeatIsEightOctets() {
        ByteBuf out = Unpooled.buffer();
        writer.heartbeat(out);
        assertThat(Hex.of(out)).isEqualTo("08000000000000ce");
    }

    @Test
    void anEmptyBodyHasNoFrame() {
        ByteBuf out = Unpooled.buffer();
        writer.content(out, 1, new Bytes(Hex.bytes("0000")), Bytes.EMPTY, 4096);
        assertThat(Hex.of(out)).isEqualTo(Hex.tidy("02 0001 0000000e 003c 0000 0000000000000000 0000 ce"));
    }

    @Test
    void aBodyIsSplitAtTheNegotiatedFrameSize() {
        ByteBuf out = Unpooled.buffer();
        writer.content(out, 5, new Bytes(Hex.bytes("0000")), new Bytes(Hex.bytes("0102030405")), 8 + 2);
        assertThat(Hex.of(out))
                .endsWith(Hex.tidy("03 0005 00000002 0102 ce 03 0005 00000002 0304 ce 03 0005 00000001 05 ce"));
    }

    @Test
    void anySplitOfTheBytesGivesTheSameFrames() {
        ByteBuf out = Unpooled.buffer();
        writer.method(out, 1, new QueueMethod.Purge("orders", false));
        writer.heartbeat(out);
        writer.content(out, 1, new Bytes(Hex.bytes("0000")), new Bytes(new byte[20]), 4096);
        byte[] bytes = io.netty.buffer.ByteBufUtil.getBytes(out);
        List<String> whole = frames(bytes, bytes.length);
        assertThat(whole).hasSize(4);
        for (int size = 1; size < bytes.length; size++) {
            assertThat(frames(bytes, size)).isEqualTo(whole);
        }
    }

    @Test
    void aDeclaredLengthBeyondTheLimitIsRefusedBeforeTheBytesCome() {
        var reader = new FrameReader(4096);
        assertThatThrownBy(() -> reader.find(Hex.buffer("03 0001 7fffffff")))
                .isInstanceOfSatisfying(AmqpException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ReplyCode.FRAME_ERROR);
                    assertThat(refused.replyText())
                            .isEqualTo("FRAME_ERROR - type 3, all octets = <<>>: {frame_too_large,2147483647,4088}");
                });
    }

    @Test
    void aFrameWithoutItsEndOctetIsRefused() {
        var reader = new FrameReader(4096);
        assertThatThrownBy(() -> reader.find(Hex.buffer("08 0000 00000000 00")))
                .isInstanceOf(AmqpException.class)
                .hasMessageContaining("invalid_frame_end_marker");
    }

    @Test
    void anUnknownTypeIsRefused() {
        var reader = new FrameReader(4096);
        assertThatThrownBy(() -> reader.find(Hex.buffer("05 0000 00000000")))
                .isInstanceOf(AmqpException.class)
                .hasMessageContaining("unknown_frame");
    }

    static List<String> frames(byte[] bytes, int pieceSize) {
        var reader = new FrameReader(4096);
        List<String> frames = new ArrayList<>();
        ByteBuf arrived = Unpooled.buffer();
        for (int at = 0; at < bytes.length; at += pieceSize) {
            arrived.writeBytes(bytes, at, Math.min(pieceSize, bytes.length - at));
            while (reader.find(arrived)) {
                String payload = Hex.of(arrived.slice(arrived.readerIndex(), reader.end() - arrived.readerIndex()));
                frames.add(reader.type() + "/" + reader.channel() + "/" + payload);
                reader.skip(arrived);
            }
        }
        return frames;
    }
}
