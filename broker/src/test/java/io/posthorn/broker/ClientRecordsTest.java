package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.topic.AppendRule;
import io.posthorn.log.BatchBuilder;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordHeader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Records that clients wrote themselves, as those get them who take messages: what they say in headers of common names
/// is what the broker acts on.
class ClientRecordsTest {
    private static final AppendRule RULE = new AppendRule(true, AppendRule.Origin.CLIENT);
    private static final int LEADER_EPOCH = 12;

    /// Once, rejected, in a queue `d`, of no exchange and no keys.
    private static final byte[] DEATH = {0, 0, 0, 1, 1, 'd', 1, 1, 0, 0, 0};

    private final BrokerWorld world = new BrokerWorld(new FakeStorage().syncsAtOnce());
    private final BrokerWorld.Client client = world.connect();

    @Test
    void aRecordsTimeIsOverInAQueueAsAMessagesIs() {
        client.declare("dead");
        client.declare("q", Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead"));
        append("q", 0, RULE.withExpiring(), header("other", "x"), header("expires", "" + in(1_000)));
        assertThat(client.status("q").ready()).isEqualTo(1);

        world.time.pass(1_000);
        world.run();

        assertThat(client.status("q").ready()).isZero();
        assertThat(take("dead").deaths()).isNotNull();
    }

    @Test
    void aRecordsTimeIsOverForTheCursorOfATopicWhenItWouldGoOut() {
        client.createTopic("t", 2);
        append("t", 1, RULE, header("expires", "" + in(1_000)));
        append("t", 1, RULE, header("expires", "" + in(9_000)));
        world.time.pass(1_000);

        assertThat(take("t").expiresAt()).isEqualTo(in(8_000));
        assertThat(get("t")).isEmpty();
    }

    @Test
    void aRecordsPriorityCountsInAQueueThatHasSome() {
        client.declare("q", Map.of("x-max-priority", 10));
        append("q", 0, RULE, header("id", "none"));
        append("q", 0, RULE, header("id", "low"), header("priority", "2"));
        append("q", 0, RULE, header("priority", "9"), header("priority", "1"), header("id", "high"));
        append("q", 0, RULE, header("id", "text"), header("priority", "urgent"));

        Message first = take("q");
        assertThat(text(first, "id")).isEqualTo("high");
        assertThat(first.priority()).isEqualTo(9);
        assertThat(text(first, "priority")).isEqualTo("1");
        assertThat(text(take("q"), "id")).isEqualTo("low");
        assertThat(text(take("q"), "id")).isEqualTo("none");
        assertThat(text(take("q"), "priority")).isEqualTo("urgent");
    }

    @Test
    void whatHasNoIdIsNamedByItsPlace() {
        client.createTopic("t", 3);
        append("t", 2, RULE);
        append("t", 2, RULE, header("message-id", "mine"));

        assertThat(text(take("t"), "message-id")).isEqualTo("t-2-0");
        assertThat(text(take("t"), "message-id")).isEqualTo("mine");
    }

    @Test
    void whatAPublisherCallsByThoseNamesIsItsOwnBusiness() {
        client.declare("q", Map.of("x-max-priority", 10));
        var headers = List.of(header("priority", "9"), header("expires", "1"), header("other", "x"));
        client.publisher.publish(BrokerWorld.message("", "q", headers, "a"), 1);
        client.publishExpiring("q", "b", in(5_000), 3);
        client.session.flush();
        world.run();

        Message second = take("q");
        assertThat(second.priority()).isEqualTo(3);
        assertThat(second.expiresAt()).isEqualTo(in(5_000));
        assertThat(second.headers()).isEmpty();
        Message first = take("q");
        assertThat(first.priority()).isZero();
        assertThat(first.expiresAt()).isEqualTo(Message.NEVER);
        assertThat(first.headers()).hasSize(3);
        assertThat(text(first, "expires")).isEqualTo("1");
    }

    @Test
    void noRecordSaysWhichKeysItIsGivenUpBy() {
        client.declare("chosen");
        client.declare("q", Map.of("x-dead-letter-exchange", ""));
        var keys = new RecordHeader(Bytes.utf8("posthorn-more-routing-keys"), Bytes.utf8("\1\6chosen\0"));
        var expires = header("expires", "" + in(1_000));
        append("q", asClients(batch(keys, expires)));
        append("q", asClients(batch(expires, keys)));
        append("q", batch(expires, header("other", "x"), keys));

        world.time.pass(1_000);
        world.run();

        assertThat(client.status("q").ready()).isZero();
        assertThat(client.status("chosen").ready()).isZero();
    }

    @Test
    void whatOnlyTheBrokerSaysIsNotBelievedOfARecord() {
        client.declare("q");
        var deaths = new RecordHeader(Bytes.utf8("posthorn-deaths"), new Bytes(DEATH));
        RecordHeader[] forged = {
            header("posthorn-exchange", "amq.direct"),
            header("posthorn-routing-key", "chosen"),
            deaths,
            new RecordHeader(Bytes.utf8("posthorn-delayed"), new Bytes(new byte[8])),
            header("posthorn-transient", ""),
            header("posthorn-end", ""),
            header("amqp-properties", "\0\0")
        };
        append("q", 0, RULE, forged);
        append("q", 0, RULE, all(header("posthorn-priority", "\7"), forged, header("other", "x")));
        append("q", 0, RULE, all(header("priority", "1"), forged, header("message-id", "mine")));
        append("q", 0, RULE, all(header("message-id", "mine"), forged, header("other", "x")));
        append("q", batch(forged));

        for (List<String> names : List.of(
                List.of("message-id"), List.of("other"), List.of("message-id"), List.of("message-id", "other"))) {
            Message message = take("q");
            assertThat(message.exchange()).isEmpty();
            assertThat(message.routingKey()).isEqualTo("q");
            assertThat(message.deaths()).isNull();
            assertThat(message.delayed()).isZero();
            assertThat(message.persistent()).isTrue();
            assertThat(message.headers())
                    .extracting(header -> header.name().toUtf8())
                    .isEqualTo(names);
        }
        Message own = take("q");
        assertThat(own.exchange()).isEqualTo("amq.direct");
        assertThat(own.routingKey()).isEqualTo("chosen");
        assertThat(own.deaths()).isNotNull();
        assertThat(text(own, "amqp-properties")).isNotNull();
    }

    @Test
    void whatARecordClaimsIsNotBelievedOfItsDeadLetter() {
        client.declare("chosen");
        client.declare("dead");
        client.declare("q", Map.of("x-dead-letter-exchange", ""));
        client.declare("r", Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead"));
        for (String queue : List.of("q", "r")) {
            append(
                    queue,
                    0,
                    RULE.withExpiring(),
                    header("posthorn-routing-key", "chosen"),
                    header("amqp-properties", "\0\0"),
                    header("expires", "" + in(1_000)));
        }

        world.time.pass(1_000);
        world.run();

        assertThat(client.status("q").ready()).isZero();
        assertThat(client.status("chosen").ready()).isZero();
        assertThat(text(take("dead"), "amqp-properties")).isNull();
    }

    @Test
    void whatAnOlderVersionHasStoredKeepsItsPriorityAndItsEnd() {
        client.declare("q", Map.of("x-max-priority", 10));
        var end = ByteBuffer.allocate(8).putLong(in(5_000)).array();
        var expires = new RecordHeader(Bytes.utf8("posthorn-expires"), new Bytes(end));
        var priority = new RecordHeader(Bytes.utf8("posthorn-priority"), new Bytes(new byte[] {7}));
        append("q", 0, RULE, header("id", "plain"));
        append("q", 0, RULE, priority, expires, header("priority", "1"), header("expires", "1"));

        Message first = take("q");
        assertThat(first.priority()).isEqualTo(7);
        assertThat(first.expiresAt()).isEqualTo(in(5_000));
        assertThat(first.headers()).containsExactly(header("priority", "1"), header("expires", "1"));
        assertThat(text(take("q"), "id")).isEqualTo("plain");
    }

    private static RecordHeader[] all(RecordHeader first, RecordHeader[] others, RecordHeader last) {
        return Stream.of(Stream.of(first), Stream.of(others), Stream.of(last))
                .flatMap(each -> each)
                .toArray(RecordHeader[]::new);
    }

    private long in(long millis) {
        return world.time.instant().toEpochMilli() + millis;
    }

    private static RecordHeader header(String name, String value) {
        return new RecordHeader(Bytes.utf8(name), Bytes.utf8(value));
    }

    private void append(String name, int partition, AppendRule rule, RecordHeader... headers) {
        append(name, partition, rule, asClients(batch(headers)));
    }

    private void append(String queue, RecordBatch batch) {
        append(queue, 0, RULE.withExpiring(), batch);
    }

    private void append(String name, int partition, AppendRule rule, RecordBatch batch) {
        client.append(client.topic(name).partitions().get(partition), batch, rule);
    }

    private static RecordBatch batch(RecordHeader... headers) {
        var builder = new BatchBuilder();
        builder.add(7, null, Bytes.utf8("v"), List.of(headers));
        return builder.build();
    }

    /// As a leader takes it from a client.
    private static RecordBatch asClients(RecordBatch batch) {
        byte[] bytes = batch.bytes().toByteArray();
        ByteBuffer.wrap(bytes).putInt(LEADER_EPOCH, 0);
        return RecordBatch.of(new Bytes(bytes));
    }

    private Optional<Delivery> get(String queue) {
        var answer = client.get(queue);
        world.run();
        return answer.get();
    }

    private Message take(String queue) {
        return get(queue).orElseThrow().message();
    }

    private static @Nullable String text(Message message, String name) {
        for (RecordHeader each : message.headers()) {
            if (each.name().equals(Bytes.utf8(name)) && each.value() != null) {
                return each.value().toUtf8();
            }
        }
        return null;
    }
}
