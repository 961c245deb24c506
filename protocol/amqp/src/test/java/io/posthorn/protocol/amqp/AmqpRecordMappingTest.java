package io.posthorn.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.Message;
import io.posthorn.broker.Principal;
import io.posthorn.broker.SessionSpec;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.BasicProperties;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway") // asserting finds nulls
final class AmqpRecordMappingTest {
    private static final BasicMethod.Publish PUBLISH = new BasicMethod.Publish("", "q", false, false);
    private static final long NOW = 1_000_000;

    private static final DirectReply NO_REPLIES =
            new DirectReply(new FakeBroker().open(new SessionSpec("test", new Principal("guest"), "/", null), null));

    private final AmqpRecordMapping mapping = new AmqpRecordMapping();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000",
                "1000 02",
                "1000 01",
                "1800 02 00",
                "1800 02 09",
                "0800 05",
                "8000 0a 746578742f706c61696e",
                "2000 00000000",
                "2000 00000004 0161 74 01"
            })
    void whatAnAmqpPublisherSetAnAmqpConsumerGetsToTheByte(String hex) {
        byte[] bytes = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
        Message stored = message(mapping.incoming(Unpooled.wrappedBuffer(bytes), PUBLISH, NO_REPLIES));
        assertThat(AmqpRecordMapping.propertiesOf(stored)).isEqualTo(new Bytes(bytes));
    }

    @Test
    void deliveryModeAndPriorityAloneCostNoHeader() {
        assertThat(mapping.incoming(Unpooled.wrappedBuffer(new byte[] {0x10, 0, 2}), PUBLISH, NO_REPLIES)
                        .headers())
                .isEmpty();
    }

    @Test
    void otherProtocolsSeePropertiesAsHeaders() {
        Map<String, @Nullable Object> headers = new LinkedHashMap<>();
        headers.put("text", "ä");
        headers.put("number", 5);
        headers.put("nothing", null);
        headers.put("table", new Arguments(Map.of("list", List.of(1, "a\"b"))));
        headers.put("x-partition-key", "k");
        var properties = properties("application/json", new Arguments(headers), "60000", 1_700_000_000L);
        IncomingProperties incoming = mapping.incoming(written(properties), PUBLISH, NO_REPLIES);
        assertThat(text(incoming.headers()))
                .containsEntry("content-type", "application/json")
                .containsEntry("text", "ä")
                .containsEntry("number", "5")
                .containsEntry("nothing", null)
                .containsEntry("table", "{\"list\":[1,\"a\\\"b\"]}");
        Message message = message(incoming);
        assertThat(message.key()).isEqualTo(Bytes.utf8("k"));
        assertThat(message.expiresAt()).isEqualTo(NOW + 60_000);
        assertThat(message.timestamp()).isEqualTo(1_700_000_000_000L);
        assertThat(message.attributes().get().get("number")).isEqualTo(5);
    }

    @Test
    void headersOfOtherProtocolsBecomeProperties() {
        var message = new Message(
                "",
                "q",
                List.of(),
                null,
                List.of(
                        new RecordHeader(Bytes.utf8("content-type"), Bytes.utf8("text/plain")),
                        new RecordHeader(Bytes.utf8("colour"), Bytes.utf8("blue")),
                        new RecordHeader(Bytes.utf8("colour"), Bytes.utf8("red")),
                        new RecordHeader(Bytes.utf8("raw"), new Bytes(new byte[] {(byte) 0xff})),
                        new RecordHeader(Bytes.utf8("none"), null)),
                Bytes.EMPTY,
                true,
                3,
                Message.NEVER,
                NOW,
                () -> Arguments.NONE);
        Bytes wire = AmqpRecordMapping.propertiesOf(message);
        BasicProperties read = BasicProperties.read(Unpooled.wrappedBuffer(wire.array(), wire.offset(), wire.length()));
        assertThat(read.contentType()).isEqualTo("text/plain");
        assertThat(read.deliveryMode()).isEqualTo(2);
        assertThat(read.priority()).isEqualTo(3);
        assertThat(read.headers().values())
                .containsEntry("colour", "blue")
                .containsEntry("raw", new Bytes(new byte[] {(byte) 0xff}))
                .containsEntry("none", null)
                .hasSize(3);
    }

    @Test
    void nobodySeesBlindCopies() {
        var headers = new Arguments(Map.of("BCC", List.of("hidden"), "CC", List.of("seen")));
        IncomingProperties incoming =
                mapping.incoming(written(properties(null, headers, null, null)), PUBLISH, NO_REPLIES);
        assertThat(incoming.moreRoutingKeys()).containsExactly("seen");
        assertThat(incoming.hiddenRoutingKeys()).containsExactly("hidden");
        Bytes raw = incoming.raw();
        assertThat(BasicProperties.read(Unpooled.wrappedBuffer(raw.array(), raw.offset(), raw.length()))
                        .headers()
                        .values())
                .containsOnlyKeys("CC");
        assertThat(text(incoming.headers())).doesNotContainKey("BCC");
    }

    @Test
    void whoSaysWhatIsLeftOfAnothersBlindCopiesHasNone() {
        var blind = new Arguments(Map.of("BCC", List.of("hidden")));
        mapping.incoming(written(properties(null, blind, null, null)), PUBLISH, NO_REPLIES);
        ByteBuf same = written(properties(null, Arguments.NONE, null, null));

        assertThat(mapping.incoming(same, PUBLISH, NO_REPLIES).moreRoutingKeys())
                .isEmpty();
    }

    @Test
    void onlyAnImpersonatorPublishesInTheNameOfAnother() {
        BasicProperties named = new BasicProperties(
                null, null, null, null, null, null, null, null, null, null, null, "alice", null, null);
        IncomingProperties incoming = mapping.incoming(written(named), PUBLISH, NO_REPLIES);

        incoming.checkUser(new Principal("alice"), PUBLISH);
        incoming.checkUser(new Principal("bob", Set.of("impersonator")), PUBLISH);
        assertThatThrownBy(() -> incoming.checkUser(new Principal("bob", Set.of("administrator")), PUBLISH))
                .hasMessage("user_id property set to 'alice' but authenticated user was 'bob'");
    }

    private static BasicProperties properties(
            @Nullable String contentType, Arguments headers, @Nullable String expiration, @Nullable Long timestamp) {
        return new BasicProperties(
                contentType, null, headers, 2, null, null, null, expiration, null, timestamp, null, null, null, null);
    }

    private static ByteBuf written(BasicProperties properties) {
        ByteBuf out = Unpooled.buffer();
        properties.write(out);
        return Unpooled.wrappedBuffer(ByteBufUtil.getBytes(out));
    }

    private static Message message(IncomingProperties incoming) {
        return incoming.message(PUBLISH, Bytes.EMPTY, NOW);
    }

    private static Map<String, @Nullable String> text(List<RecordHeader> headers) {
        Map<String, @Nullable String> text = new LinkedHashMap<>();
        headers.forEach(header -> text.put(
                header.name().toUtf8(),
                header.value() == null ? null : header.value().toUtf8()));
        return text;
    }
}
