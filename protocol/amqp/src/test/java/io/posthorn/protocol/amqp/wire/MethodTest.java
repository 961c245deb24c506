package io.posthorn.protocol.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.MethodArgumentWriter;
import com.rabbitmq.client.impl.ValueWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.posthorn.broker.Arguments;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MethodTest {
    static Stream<Class<? extends Method>> everyMethod() {
        return RandomValues.methods();
    }

    @Test
    void queueDeclareHasTheBytesOfTheSpecification() {
        var declare = new QueueMethod.Declare("q", false, true, false, true, false, Arguments.NONE);
        assertThat(payload(declare)).isEqualTo(Hex.tidy("0032 000a 0000 0171 0a 00000000"));
    }

    @Test
    void basicPublishHasTheBytesOfTheSpecification() {
        var publish = new BasicMethod.Publish("", "hello", true, false);
        assertThat(payload(publish)).isEqualTo(Hex.tidy("003c 0028 0000 00 0568656c6c6f 01"));
    }

    @Test
    void connectionTuneHasTheBytesOfTheSpecification() {
        assertThat(payload(new ConnectionMethod.Tune(2047, 131_072, 60)))
                .isEqualTo(Hex.tidy("000a 001e 07ff 00020000 003c"));
    }

    @Test
    void sixMoreBitsThanAnOctetHoldsAreNeverNeededButFiveShareOne() {
        var consume = new BasicMethod.Consume("q", "", true, true, true, true, Arguments.NONE);
        assertThat(payload(consume)).isEqualTo(Hex.tidy("003c 0014 0000 0171 00 0f 00000000"));
    }

    @ParameterizedTest
    @MethodSource("everyMethod")
    void whatIsWrittenIsRead(Class<? extends Method> type) {
        for (int seed = 0; seed < 50; seed++) {
            Method method = RandomValues.method(type, new Random(seed));
            assertThat(new MethodReader().read(Hex.buffer(payload(method)))).isEqualTo(method);
        }
    }

    @ParameterizedTest
    @MethodSource("everyMethod")
    void theJavaClientReadsTheSameAndWritesTheSameBytes(Class<? extends Method> type) throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            Method method = RandomValues.method(type, new Random(seed));
            byte[] ours = Hex.bytes(payload(method));
            var theirs = AMQImpl.readMethodFrom(new DataInputStream(new ByteArrayInputStream(ours)));
            assertThat(theirs.protocolClassId()).isEqualTo(method.id() >>> 16);
            assertThat(theirs.protocolMethodId()).isEqualTo(method.id() & 0xffff);
            var bytes = new ByteArrayOutputStream();
            var out = new DataOutputStream(bytes);
            out.writeShort(theirs.protocolClassId());
            out.writeShort(theirs.protocolMethodId());
            var writer = new MethodArgumentWriter(new ValueWriter(out));
            theirs.writeArgumentsTo(writer);
            writer.flush();
            // The client keeps tables in hash maps, so only methods with at most one field compare byte by byte.
            Method again = new MethodReader().read(Unpooled.wrappedBuffer(bytes.toByteArray()));
            assertThat(again).isEqualTo(method);
        }
    }

    @Test
    void aMethodCutShortIsRefusedWithItsNumber() {
        assertThatThrownBy(() -> new MethodReader().read(Hex.buffer("0032 000a 0000 05 71")))
                .isInstanceOfSatisfying(AmqpException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ReplyCode.FRAME_ERROR);
                    assertThat(refused.classId()).isEqualTo(50);
                    assertThat(refused.methodId()).isEqualTo(10);
                });
    }

    @Test
    void bytesBehindTheArgumentsAreRefused() {
        assertThatThrownBy(() -> new MethodReader().read(Hex.buffer("003c 0050 0000000000000007 01 00")))
                .isInstanceOf(AmqpException.class)
                .hasMessageContaining("1 bytes too many");
    }

    @Test
    void anUnknownMethodIsNotImplemented() {
        assertThatThrownBy(() -> new MethodReader().read(Hex.buffer("003c 03e7")))
                .isInstanceOfSatisfying(
                        AmqpException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ReplyCode.NOT_IMPLEMENTED));
    }

    @Test
    void aNameThatIsNotUtf8IsRefused() {
        assertThatThrownBy(() -> new MethodReader().read(Hex.buffer("0032 001e 0000 02 c328 00")))
                .isInstanceOf(AmqpException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void aRepeatedPublishIsTheSameObject() {
        var reader = new MethodReader();
        String bytes = payload(new BasicMethod.Publish("logs", "a.b", false, false));
        assertThat(reader.read(Hex.buffer(bytes))).isSameAs(reader.read(Hex.buffer(bytes)));
    }

    @Property(tries = 2_000, seed = "1")
    void garbageIsRefusedAndNothingElse(@ForAll byte[] garbage) {
        MethodFuzzer.fuzzerTestOneInput(garbage);
    }

    @Test
    void mutatedMethodsAreReadOrRefused() {
        List<Class<? extends Method>> types = everyMethod().toList();
        for (int seed = 0; seed < 20_000; seed++) {
            var random = new Random(seed);
            Method method = RandomValues.method(types.get(random.nextInt(types.size())), random);
            byte[] bytes = Hex.bytes(payload(method));
            for (int flips = random.nextInt(3); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            MethodFuzzer.fuzzerTestOneInput(bytes);
        }
    }

    @Test
    void argumentsKeepTheirTypes() {
        var arguments = new Arguments(Map.of("x-max-length", 10L));
        var declare = new QueueMethod.Declare("q", false, true, false, false, false, arguments);
        var read = (QueueMethod.Declare) new MethodReader().read(Hex.buffer(payload(declare)));
        assertThat(read.arguments().get("x-max-length")).isEqualTo(10L);
    }

    private static String payload(Method method) {
        ByteBuf out = Unpooled.buffer();
        new FrameWriter().method(out, 0, method);
        return ByteBufUtil.hexDump(out, 7, out.readableBytes() - 8);
    }
}
