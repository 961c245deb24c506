package io.posthorn.protocol.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.impl.AMQImpl;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"NullAway", "JavaUtilDate"}) // the client has no better dates; asserting finds nulls
final class TableAndPropertiesTest {
    private static final int BEFORE_PROPERTIES = 7 + 2 + 2 + 8;

    @Test
    void everyTypeOctetOfRabbitMqIsRead() {
        Arguments table = FieldTable.read(table("0161 74 01"
                + "0162 62 ff"
                + "0163 42 ff"
                + "0164 73 ffff"
                + "0165 75 ffff"
                + "0166 49 ffffffff"
                + "0167 69 ffffffff"
                + "0168 6c ffffffffffffffff"
                + "0169 4c 0000000000000001"
                + "016a 66 3f800000"
                + "016b 64 3ff0000000000000"
                + "016c 44 02 0000007b"
                + "016d 53 00000002 6869"
                + "016e 78 00000002 00ff"
                + "016f 54 0000000000000001"
                + "0170 46 00000003 0178 56"
                + "0171 41 00000003 56 74 00"));
        assertThat(table.values())
                .containsEntry("a", true)
                .containsEntry("b", (byte) -1)
                .containsEntry("c", (short) 255)
                .containsEntry("d", (short) -1)
                .containsEntry("e", 65_535)
                .containsEntry("f", -1)
                .containsEntry("g", 4_294_967_295L)
                .containsEntry("h", -1L)
                .containsEntry("i", 1L)
                .containsEntry("j", 1.0f)
                .containsEntry("k", 1.0)
                .containsEntry("l", new BigDecimal("1.23"))
                .containsEntry("m", "hi")
                .containsEntry("n", new Bytes(Hex.bytes("00ff")))
                .containsEntry("o", Instant.ofEpochSecond(1))
                .containsEntry("q", Arrays.asList(null, false));
        assertThat(((Arguments) table.values().get("p")).values()).containsEntry("x", null);
    }

    @Test
    void sixteenLevelsAreReadAndSeventeenAreNot() {
        assertThat(FieldTable.read(nested(16)).isEmpty()).isFalse();
        assertThatThrownBy(() -> FieldTable.read(nested(17)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("nested");
    }

    @Test
    void aHugeDeclaredLengthIsRefusedWithoutAllocatingIt() {
        assertThatThrownBy(() -> FieldTable.read(Hex.buffer("ffffffff 0161 56")))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> FieldTable.read(Hex.buffer("00000007 0161 53 7fffffff")))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void aNestedTableMayNotReachBeyondItsParent() {
        assertThatThrownBy(() -> FieldTable.read(Hex.buffer("00000007 0161 46 00000003 0178 56")))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void ofTwoFieldsOfOneNameTheFirstCounts() {
        assertThat(FieldTable.read(Hex.buffer("00000008 0161 7401 0161 7400")).get("a"))
                .isEqualTo(true);
    }

    @Property(tries = 2_000, seed = "1")
    void garbageIsRefusedAndNothingElse(@ForAll byte[] garbage) {
        TableFuzzer.fuzzerTestOneInput(garbage);
        PropertiesFuzzer.fuzzerTestOneInput(garbage);
        FrameFuzzer.fuzzerTestOneInput(garbage);
    }

    @Test
    void mutatedTablesAreReadOrRefused() {
        for (int seed = 0; seed < 20_000; seed++) {
            var random = new Random(seed);
            ByteBuf out = Unpooled.buffer();
            FieldTable.write(out, RandomValues.table(random, 0));
            byte[] bytes = io.netty.buffer.ByteBufUtil.getBytes(out);
            TableFuzzer.fuzzerTestOneInput(bytes);
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            TableFuzzer.fuzzerTestOneInput(bytes);
        }
    }

    @Test
    void propertiesOfTheJavaClientAreReadAsItMeantThem() throws IOException {
        Map<String, Object> headers = new HashMap<>();
        headers.put("int", 5);
        headers.put("list", Arrays.asList("a", 1L, null));
        headers.put("nested", Map.of("when", new Date(5_000)));
        var theirs = new AMQP.BasicProperties.Builder()
                .contentType("text/plain")
                .headers(headers)
                .deliveryMode(2)
                .priority(9)
                .correlationId("c")
                .expiration("60000")
                .timestamp(new Date(1_700_000_000_000L))
                .userId("guest")
                .build();
        var bytes = new ByteArrayOutputStream();
        theirs.toFrame(1, 0).writeTo(new DataOutputStream(bytes));
        ByteBuf frame = Unpooled.wrappedBuffer(bytes.toByteArray());
        BasicProperties read =
                BasicProperties.read(frame.slice(BEFORE_PROPERTIES, frame.readableBytes() - BEFORE_PROPERTIES - 1));
        assertThat(read.contentType()).isEqualTo("text/plain");
        assertThat(read.deliveryMode()).isEqualTo(2);
        assertThat(read.priority()).isEqualTo(9);
        assertThat(read.correlationId()).isEqualTo("c");
        assertThat(read.expiration()).isEqualTo("60000");
        assertThat(read.timestamp()).isEqualTo(1_700_000_000L);
        assertThat(read.userId()).isEqualTo("guest");
        assertThat(read.replyTo()).isNull();
        assertThat(read.headers()).isNotNull();
        assertThat(read.headers().values())
                .containsEntry("int", 5)
                .containsEntry("list", Arrays.asList("a", 1L, null))
                .containsEntry("nested", new Arguments(Map.of("when", Instant.ofEpochSecond(5))));
    }

    @Test
    void ourPropertiesAreReadByTheJavaClient() throws IOException {
        var ours = new BasicProperties(
                "a/b",
                "gzip",
                new Arguments(Map.of("k", "v")),
                2,
                7,
                "corr",
                "reply",
                "1",
                "id",
                12L,
                "type",
                "user",
                "app",
                "cluster");
        ByteBuf out = Unpooled.buffer();
        out.writeShort(60).writeShort(0).writeLong(3);
        ours.write(out);
        var in = new DataInputStream(new ByteArrayInputStream(io.netty.buffer.ByteBufUtil.getBytes(out)));
        var theirs = (AMQP.BasicProperties) AMQImpl.readContentHeaderFrom(in);
        assertThat(theirs.getContentType()).isEqualTo("a/b");
        assertThat(theirs.getContentEncoding()).isEqualTo("gzip");
        assertThat(((LongString) theirs.getHeaders().get("k")).toString()).isEqualTo("v");
        assertThat(theirs.getTimestamp()).isEqualTo(new Date(12_000));
        assertThat(theirs.getClusterId()).isEqualTo("cluster");
        assertThat(theirs.getAppId()).isEqualTo("app");
    }

    private static ByteBuf table(String fields) {
        byte[] bytes = Hex.bytes(fields);
        return Unpooled.buffer().writeInt(bytes.length).writeBytes(bytes);
    }

    private static ByteBuf nested(int depth) {
        Arguments table = new Arguments(Map.of("leaf", true));
        for (int i = 1; i < depth; i++) {
            table = new Arguments(Map.of("t", table));
        }
        ByteBuf out = Unpooled.buffer();
        FieldTable.write(out, table);
        return out;
    }
}
