package io.posthorn.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import io.posthorn.protocol.amqp.wire.BasicProperties;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamPlaceHeadersTest {
    @Test
    void theHeaderHasTheBytesOfATableWithALong() {
        Bytes bare = new Bytes(new byte[] {0x10, 0, 2});
        assertThat(hex(StreamPlaceHeaders.in(bare, 5, StreamPlaceHeaders.NO_PARTITION)))
                .isEqualTo("3000" + "00000019" + "0f" + hex(Bytes.utf8("x-stream-offset")) + "6c" + "0000000000000005"
                        + "02");
    }

    @Test
    void ofATopicThePartitionIsTold() {
        Bytes bare = new Bytes(new byte[] {0x10, 0, 2});
        assertThat(hex(StreamPlaceHeaders.in(bare, 5, 3)))
                .isEqualTo("3000" + "00000031" + "0f" + hex(Bytes.utf8("x-stream-offset")) + "6c" + "0000000000000005"
                        + "12" + hex(Bytes.utf8("x-stream-partition")) + "49" + "00000003" + "02");
    }

    @Test
    void allOtherPropertiesStayAsTheyAre() {
        for (long seed = 0; seed < 2_000; seed++) {
            var random = new SplittableRandom(seed);
            BasicProperties properties = properties(random);
            int partition = random.nextInt(-1, 3);
            BasicProperties read = read(StreamPlaceHeaders.in(written(properties), seed, partition));
            Map<String, @Nullable Object> headers = new LinkedHashMap<>();
            if (properties.headers() != null) {
                headers.putAll(properties.headers().values());
            }
            headers.put("x-stream-offset", seed);
            headers.remove("x-stream-partition");
            if (partition >= 0) {
                headers.put("x-stream-partition", partition);
            }
            assertThat(read).as("seed %d", seed).isEqualTo(properties.withHeaders(new Arguments(headers)));
        }
    }

    private static BasicProperties properties(SplittableRandom random) {
        return new BasicProperties(
                random.nextBoolean() ? "text/plain" : null,
                random.nextBoolean() ? "" : null,
                random.nextBoolean() ? headers(random) : null,
                random.nextBoolean() ? 2 : null,
                random.nextBoolean() ? 9 : null,
                null,
                random.nextBoolean() ? "reply" : null,
                null,
                random.nextBoolean() ? "x-stream-offset" : null,
                random.nextBoolean() ? random.nextLong(1L << 40) : null,
                null,
                null,
                random.nextBoolean() ? "app" : null,
                null);
    }

    private static Arguments headers(SplittableRandom random) {
        Map<String, @Nullable Object> headers = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            switch (random.nextInt(5)) {
                case 4 -> headers.put("x-stream-partition", 7);
                case 0 -> headers.put("name" + i, "value");
                case 1 -> headers.put("x-stream-offset", 77);
                case 2 -> headers.put("text", "has x-stream-offset in it");
                default -> headers.put("table", new Arguments(Map.of("x-stream-offset", 1L)));
            }
        }
        return new Arguments(headers);
    }

    private static Bytes written(BasicProperties properties) {
        ByteBuf out = Unpooled.buffer();
        // The bytes of a message lie in the middle of others.
        out.writeLong(-1);
        properties.write(out);
        byte[] all = ByteBufUtil.getBytes(out);
        return new Bytes(all, Long.BYTES, all.length - Long.BYTES);
    }

    private static BasicProperties read(Bytes bytes) {
        return BasicProperties.read(Unpooled.wrappedBuffer(bytes.array(), bytes.offset(), bytes.length()));
    }

    private static String hex(Bytes bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
