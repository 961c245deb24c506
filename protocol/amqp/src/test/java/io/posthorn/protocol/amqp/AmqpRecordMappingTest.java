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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

    @ParameterizedTest
    @ValueSource(strings = {"cloudEvents:", "cloudEvents_"})
    void attributesOfAnEventHaveKafkasNamesInRecords(String prefix) {
        var headers = new Arguments(Map.of(prefix + "specversion", "1.0", prefix + "id", "e-1", "colour", "blue"));
        var properties = properties("application/json", headers, null, null);
        assertThat(text(mapping.incoming(written(properties), PUBLISH, NO_REPLIES)
                        .headers()))
                .containsEntry("ce_specversion", "1.0")
                .containsEntry("ce_id", "e-1")
                .containsEntry("colour", "blue")
                .doesNotContainKey(prefix + "id");
    }

    @Test
    void attributesOfAnEventHaveAmqpsNamesForConsumersAndOtherHeadersTheirOwn() {
        var version = new RecordHeader(Bytes.utf8("ce_specversion"), Bytes.utf8("1.0"));
        var id = new RecordHeader(Bytes.utf8("ce_id"), Bytes.utf8("e-1"));
        assertThat(read(record(null, Bytes.EMPTY, List.of(version, id)))
                        .headers()
                        .values())
                .containsEntry("cloudEvents:id", "e-1")
                .doesNotContainKey("ce_id");
        assertThat(read(record(null, Bytes.EMPTY, List.of(id))).headers().values())
                .containsEntry("ce_id", "e-1");
        var mine = new Arguments(Map.of("cloudEvents:id", "mine"));
        assertThat(text(mapping.incoming(written(properties("text/plain", mine, null, null)), PUBLISH, NO_REPLIES)
                        .headers()))
                .containsEntry("cloudEvents:id", "mine");
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
                .containsEntry("timestamp_in_ms", NOW)
                .hasSize(4);
        assertThat(read.timestamp()).isEqualTo(NOW / 1000);
    }

    @Test
    void whatARecordHasBesidesHeadersIsToldInHeaders() {
        BasicProperties text = read(record(Bytes.utf8("key"), Message.TOMBSTONE, List.of()));
        assertThat(text.headers().values())
                .containsEntry("x-partition-key", "key")
                .containsEntry("x-tombstone", true)
                .containsEntry("timestamp_in_ms", NOW);
        var binary = new Bytes(new byte[] {(byte) 0xfe, 0});
        assertThat(read(record(binary, Bytes.EMPTY, List.of())).headers().values())
                .containsEntry("x-partition-key", binary)
                .doesNotContainKey("x-tombstone");
        assertThat(read(record(Bytes.EMPTY, Bytes.EMPTY, List.of())).headers().values())
                .containsEntry("x-partition-key", "");
    }

    @Test
    void howLongARecordWasToLiveIsItsExpiration() {
        var id = List.of(new RecordHeader(Bytes.utf8("message-id"), Bytes.utf8("t-0-1")));
        for (var told :
                Map.of(NOW + 1_500, "1500", NOW - 1, "0", Message.AT_ONCE, "0").entrySet()) {
            BasicProperties read = read(record(null, Bytes.EMPTY, id).expiringAt(told.getKey()));
            assertThat(read.expiration()).isEqualTo(told.getValue());
            assertThat(read.messageId()).isEqualTo("t-0-1");
            assertThat(read.timestamp()).isEqualTo(NOW / 1000);
        }
        assertThat(read(record(null, Bytes.EMPTY, id)).expiration()).isNull();
    }

    @Test
    void whatATimestampLosesAHeaderKeeps() {
        var exact = new Arguments(Map.of("timestamp_in_ms", 7_123L));
        assertThat(mapping.incoming(written(properties(null, exact, null, 7L)), PUBLISH, NO_REPLIES)
                        .timestamp())
                .isEqualTo(7_123);
        assertThat(mapping.incoming(written(properties(null, exact, null, 8L)), PUBLISH, NO_REPLIES)
                        .timestamp())
                .isEqualTo(8_000);
    }

    @Test
    void aGroupIsTheKeyWhereThereIsNone() {
        var group = new Arguments(Map.of("x-group-id", "g"));
        assertThat(mapping.incoming(written(properties(null, group, null, null)), PUBLISH, NO_REPLIES)
                        .key())
                .isEqualTo(Bytes.utf8("g"));
        var both = new Arguments(Map.of("x-group-id", "g", "x-partition-key", "k"));
        assertThat(mapping.incoming(written(properties(null, both, null, null)), PUBLISH, NO_REPLIES)
                        .key())
                .isEqualTo(Bytes.utf8("k"));
    }

    @Test
    void aCorrelationIdThatIsNoShortTextIsAHeader() {
        var name = Bytes.utf8("correlation-id");
        var binary = new Bytes(new byte[] {(byte) 0xfe, 0});
        var large = Bytes.utf8("a".repeat(256));
        for (Bytes value : List.of(binary, large)) {
            BasicProperties read = read(record(null, Bytes.EMPTY, List.of(new RecordHeader(name, value))));
            assertThat(read.correlationId()).isNull();
            assertThat(read.headers().values()).containsKey("x-correlation-id");
        }
        BasicProperties read = read(record(null, Bytes.EMPTY, List.of(new RecordHeader(name, Bytes.utf8("c")))));
        assertThat(read.correlationId()).isEqualTo("c");
        assertThat(read.headers().values()).doesNotContainKey("x-correlation-id");
    }

    @Test
    void headersThatFitInNoFrameAreLeftOut() {
        var large = Bytes.utf8("a".repeat(60 * 1024));
        BasicProperties read = read(record(
                null,
                Bytes.EMPTY,
                List.of(
                        new RecordHeader(Bytes.utf8("first"), large),
                        new RecordHeader(Bytes.utf8("second"), large),
                        new RecordHeader(Bytes.utf8("small"), Bytes.EMPTY))));
        assertThat(read.headers().values()).containsOnlyKeys("first", "small", "timestamp_in_ms");
    }

    @Test
    void aTombstoneIsPublishedByItsHeaderAndAnEmptyBody() {
        var headers = new Arguments(Map.of("x-tombstone", true, "x-partition-key", "k"));
        IncomingProperties incoming =
                mapping.incoming(written(properties(null, headers, null, null)), PUBLISH, NO_REPLIES);
        assertThat(incoming.message(PUBLISH, Bytes.EMPTY, NOW).isTombstone()).isTrue();
        assertThat(incoming.message(PUBLISH, Bytes.utf8("a"), NOW).isTombstone())
                .isFalse();
        assertThat(message(IncomingProperties.NONE).isTombstone()).isFalse();
    }

    @Test
    void forgedPropertiesDoNotGoToTheWire() {
        var properties = properties("text/plain", new Arguments(Map.of("a", 1, "l", List.of("x", 2L))), "5", 7L);
        byte[] sound = ByteBufUtil.getBytes(written(properties));
        assertThat(PropertyBytes.areSound(new Bytes(sound))).isTrue();
        for (int length = 0; length < sound.length; length++) {
            assertThat(PropertyBytes.areSound(new Bytes(Arrays.copyOf(sound, length))))
                    .as("%d of %d bytes", length, sound.length)
                    .isFalse();
        }
        for (int seed = 0; seed < 5_000; seed++) {
            var random = new Random(seed);
            byte[] forged = sound.clone();
            for (int i = 0; i < 1 + random.nextInt(3); i++) {
                forged[random.nextInt(forged.length)] = (byte) random.nextInt();
            }
            var header = new RecordHeader(Bytes.utf8("amqp-properties"), new Bytes(forged));
            Bytes wire = AmqpRecordMapping.propertiesOf(record(null, Bytes.EMPTY, List.of(header)));
            assertThat(PropertyBytes.areSound(wire)).as("seed %d", seed).isTrue();
        }
    }

    private static BasicProperties read(Message message) {
        Bytes wire = AmqpRecordMapping.propertiesOf(message);
        return BasicProperties.read(Unpooled.wrappedBuffer(wire.array(), wire.offset(), wire.length()));
    }

    private static Message record(@Nullable Bytes key, Bytes body, List<RecordHeader> headers) {
        return new Message("", "q", List.of(), key, headers, body, true, 0, Message.NEVER, NOW, () -> Arguments.NONE);
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

    @Test
    void nobodySaysInAHeaderWhoHasPublished() {
        var named = new BasicProperties(
                null, null, null, null, null, null, null, null, null, null, null, "alice", null, null);
        Bytes forged = new Bytes(ByteBufUtil.getBytes(written(named)));
        var claims = new Arguments(Map.of("user-id", "alice", "amqp-properties", forged));
        var said = properties("text/plain", claims, null, null);
        IncomingProperties incoming = mapping.incoming(written(said), PUBLISH, NO_REPLIES);

        assertThat(incoming.userId()).isNull();
        assertThat(text(incoming.headers())).doesNotContainKey("user-id");
        assertThat(read(message(incoming))).isEqualTo(said);
        BasicProperties ofRecord =
                read(record(null, Bytes.EMPTY, List.of(new RecordHeader(Bytes.utf8("user-id"), Bytes.utf8("alice")))));
        assertThat(ofRecord.userId()).isNull();
        assertThat(ofRecord.headers().values()).containsEntry("user-id", "alice");
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
