package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.Policy.ApplyTo;
import io.posthorn.broker.admin.Policy.Kind;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.VirtualHost;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Policies that change while there are queues with messages.
class LivePoliciesTest {
    private static final Actor OPERATOR = new Actor(new Principal("guest", Set.of("administrator")), "test");

    private FakeStorage storage = new FakeStorage();
    private BrokerWorld world = new BrokerWorld(storage);
    private BrokerWorld.Client client = world.connect();

    @Test
    void aSmallerLengthDropsFromTheHeadAndTakingItBackKeepsTheRest() {
        declare("q", Map.of());
        publish("q", 10);
        put("max-length", 4);
        assertThat(ready("q")).isEqualTo(4);
        assertThat(take("q")).contains("6");

        delete("p");
        publish("q", 10);
        assertThat(ready("q")).isEqualTo(13);
    }

    @Test
    void theArgumentAndThePolicyAreBothHeld() {
        declare("small", Map.of("x-max-length", 2));
        declare("large", Map.of("x-max-length", 8));
        put("max-length", 5);
        publish("small", 10);
        publish("large", 10);
        assertThat(ready("small")).isEqualTo(2);
        assertThat(ready("large")).isEqualTo(5);
    }

    @Test
    void bytesAreLimitedThoughNobodyKnewHowManyThereWere() {
        declare("q", Map.of());
        for (String body : List.of("aaaa", "bb", "", "cccc", "d")) {
            client.publish("", "q", body, -1);
        }
        flush();
        put("max-length-bytes", 7);
        assertThat(ready("q")).isEqualTo(4);
        assertThat(take("q")).contains("bb");
        client.publish("", "q", "eee", -1);
        flush();
        assertThat(ready("q")).isEqualTo(2);
        assertThat(take("q")).contains("d");
    }

    @Test
    void whatIsDeliveredDoesNotCountInTheBytesUntilItComesBack() {
        declare("q", Map.of());
        var consumer = client.consume("q", 2);
        flush();
        for (String body : List.of("aaaa", "bbbb", "cccc", "dd")) {
            client.publish("", "q", body, -1);
        }
        flush();
        put("max-length-bytes", 6);
        assertThat(ready("q")).isEqualTo(2);
        client.session.settle(consumer.handle(), consumer.arrived.get(1).queue(), 1, Outcome.RELEASED);
        client.session.flush();
        flush();
        assertThat(consumer.bodies()).startsWith("aaaa", "bbbb");
        assertThat(client.status("q").ready()).isLessThanOrEqualTo(2);
    }

    @Test
    void refusingPublishesBeginsAndEndsWithThePolicy() {
        declare("q", Map.of());
        publish("q", 3);
        put("max-length", 4, "overflow", "reject-publish");
        for (int i = 10; i < 13; i++) {
            client.publish("", "q", "x", i);
        }
        flush();
        assertThat(client.accepted).containsExactly(10L);
        assertThat(client.refused).containsExactly(11L, 12L);

        delete("p");
        client.publish("", "q", "x", 13);
        flush();
        assertThat(client.accepted).containsExactly(10L, 13L);
    }

    @Test
    void aShorterTimeToLiveExpiresWhatIsDue() {
        declare("q", Map.of("x-message-ttl", 3_600_000));
        client.publish("", "q", "old", -1);
        flush();
        pass(30_000);
        client.publish("", "q", "young", -1);
        flush();
        put("message-ttl", 20_000);
        assertThat(ready("q")).isEqualTo(1);
        pass(19_000);
        assertThat(ready("q")).isEqualTo(1);
        pass(5_000);
        assertThat(ready("q")).isZero();
    }

    @Test
    void timeBeginsForMessagesOfWhichNobodyKnewWhenTheyCame() {
        declare("q", Map.of());
        publish("q", 2);
        pass(50_000);
        put("message-ttl", 10_000);
        assertThat(ready("q")).isEqualTo(2);
        pass(9_000);
        // The clock begins anew too.
        restart(storage.kill());
        pass(59_000);
        assertThat(ready("q")).isEqualTo(2);
        pass(1_100);
        assertThat(ready("q")).isZero();
        publish("q", 1);
        delete("p");
        pass(100_000);
        assertThat(ready("q")).isEqualTo(1);
    }

    @Test
    void noTimeAtAllExpiresWhatNobodyTook() {
        declare("q", Map.of());
        publish("q", 2);
        put("message-ttl", 0);
        assertThat(ready("q")).isZero();
    }

    @Test
    void unusedQueuesGoWhenThePolicyHasSaidSoForSoLong() {
        declare("q", Map.of());
        declare("used", Map.of());
        client.consume("used", 1);
        flush();
        pass(50_000);
        put("expires", 10_000);
        pass(9_000);
        assertThat(entry("q")).isNotNull();
        pass(1_000);
        assertThat(world.broker.administration().current().virtualHost("/").queue("q"))
                .isNull();
        assertThat(entry("used")).isNotNull();
    }

    @Test
    void deadLettersGoWhereThePolicySaysFromNowOn() {
        declare("q", Map.of());
        declare("one", Map.of());
        declare("other", Map.of());
        publish("q", 4);
        put("max-length", 3);
        put("max-length", 2, "dead-letter-exchange", "", "dead-letter-routing-key", "one");
        assertThat(ready("one")).isEqualTo(1);
        put("max-length", 1, "dead-letter-exchange", "", "dead-letter-routing-key", "other");
        assertThat(ready("one")).isEqualTo(1);
        assertThat(ready("other")).isEqualTo(1);
        put("max-length", 0);
        assertThat(ready("q")).isZero();
        assertThat(ready("one") + ready("other")).isEqualTo(2);
    }

    @Test
    void anOperatorsPolicyMakesLimitsSmallerOnly() {
        declare("q", Map.of());
        publish("q", 10);
        put("max-length", 5);
        apply(policy(Kind.OPERATOR, "o", ".*", 0, Map.of("max-length", 8)));
        assertThat(ready("q")).isEqualTo(5);
        apply(policy(Kind.OPERATOR, "o", ".*", 0, Map.of("max-length", 3)));
        assertThat(ready("q")).isEqualTo(3);
        var effective = host().policyOf(entry("q"));
        assertThat(effective.policyName()).isEqualTo("p");
        assertThat(effective.operatorPolicyName()).isEqualTo("o");
        assertThat(effective.definition().values()).isEqualTo(Map.of("max-length", 3));
    }

    @Test
    void aQueueThatIsDeclaredHasThePolicyFromTheFirstMessageOn() {
        put("max-length", 1);
        declare("q", Map.of());
        publish("q", 3);
        assertThat(ready("q")).isEqualTo(1);
        assertThat(host().policyOf(entry("q")).policyName()).isEqualTo("p");
    }

    @Test
    void theSameHoldsAfterARestart() {
        declare("q", Map.of());
        publish("q", 5);
        put("max-length-bytes", 3);
        assertThat(ready("q")).isEqualTo(3);
        restart(storage.crash());
        publish("q", 2);
        assertThat(ready("q")).isEqualTo(3);
        assertThat(take("q")).contains("4");
    }

    @Test
    void alternateExchangesOfPoliciesTakePartInRouting() {
        declare("unroutable", Map.of());
        client.bind("amq.fanout", "unroutable");
        flush();
        assertThat(client.publish("amq.direct", "nowhere", "a", -1)).isZero();
        apply(policy(Kind.USER, "ae", "^amq.direct$", 0, Map.of("alternate-exchange", "amq.fanout")));
        assertThat(client.publish("amq.direct", "nowhere", "b", -1)).isEqualTo(1);
        flush();
        assertThat(take("unroutable")).contains("b");
        delete("ae");
        assertThat(client.publish("amq.direct", "nowhere", "c", -1)).isZero();
    }

    @Test
    void aConsumerThatHoldsADeliveryHasSoLongFromThePolicyOn() {
        declare("q", Map.of());
        publish("q", 1);
        var consumer = client.consume("q", 1);
        flush();
        pass(100_000);
        put("consumer-timeout", 10_000);
        pass(9_000);
        assertThat(consumer.cancelled).isFalse();
        pass(2_000);
        assertThat(client.status("q").consumers()).isZero();
        assertThat(ready("q")).isEqualTo(1);
    }

    @Test
    void aStreamGivesUpWhatThePolicyDoesNotKeep() {
        declare("s", Map.of("x-queue-type", "stream"));
        for (int i = 0; i < 20; i++) {
            client.publish("", "s", "x".repeat(1_000), -1);
            flush();
            pass(200);
        }
        put("max-length-bytes", 5_000);
        flush();
        pass(200);
        client.publish("", "s", "x", -1);
        flush();
        assertThat(ready("s")).isBetween(1L, 10L);
    }

    @Test
    void aPolicyOverManyQueuesReachesThemAll() {
        for (int i = 0; i < 2_000; i++) {
            client.session.declareQueue(
                    new QueueSpec("many." + i, false, false, false, Arguments.NONE), new Answer<>());
        }
        flush();
        for (int i = 0; i < 2_000; i++) {
            client.publish("", "many." + i, "a", -1);
            client.publish("", "many." + i, "b", -1);
        }
        flush();
        apply(policy(Kind.USER, "p", "^many\\.", 0, Map.of("max-length", 1)));
        apply(policy(Kind.USER, "p", "^many\\..*7$", 0, Map.of("max-length", 0)));
        for (int i = 0; i < 2_000; i += 97) {
            assertThat(ready("many." + i)).isEqualTo(i % 10 == 7 ? 0 : 1);
        }
    }

    /// Whatever comes and goes, in the end queues are as long as they may be.
    @Test
    void everyHistoryEndsWithQueuesAsLongAsTheyMayBe() {
        for (long seed = 0; seed < 30; seed++) {
            var random = new SplittableRandom(seed);
            storage = new FakeStorage();
            world = new BrokerWorld(storage);
            client = world.connect();
            declare("q", random.nextBoolean() ? Map.of() : Map.of("x-max-priority", 5));
            int length = -1;
            int bytes = -1;
            for (int step = 0; step < 30; step++) {
                switch (random.nextInt(6)) {
                    case 0, 1, 2 -> publish("q", random.nextInt(1, 20));
                    case 3 -> {
                        length = random.nextInt(30);
                        bytes = random.nextInt(30);
                        put("max-length", length, "max-length-bytes", bytes);
                    }
                    case 4 -> {
                        if (length >= 0 || bytes >= 0) {
                            delete("p");
                            length = -1;
                            bytes = -1;
                        }
                    }
                    default -> {
                        if (random.nextInt(3) == 0) {
                            restart(random.nextBoolean() ? storage.kill() : storage.crash());
                        } else {
                            assertThat(take("q").orElse("")).hasSizeLessThan(3);
                        }
                    }
                }
                long before = ready("q");
                if (length >= 0) {
                    // All bodies that publish makes have one or two digits.
                    assertThat(before).as("seed %s step %s", seed, step).isLessThanOrEqualTo(Math.min(length, bytes));
                }
            }
        }
    }

    // ---- Helpers

    private void put(Object... definition) {
        var values = new HashMap<String, Object>();
        for (int i = 0; i < definition.length; i += 2) {
            values.put((String) definition[i], definition[i + 1]);
        }
        apply(policy(Kind.USER, "p", "^(q|s|small|large|used)$", 0, values));
    }

    private static AdminChange policy(
            Kind kind, String name, String pattern, int priority, Map<String, Object> definition) {
        return new AdminChange.PutPolicy(
                new Policy(kind, "/", name, pattern, ApplyTo.ALL, priority, new Arguments(Map.copyOf(definition))));
    }

    private void delete(String name) {
        apply(new AdminChange.DeletePolicy(Kind.USER, "/", name));
    }

    private void apply(AdminChange change) {
        var answer = new Answer<Done>();
        world.broker.administration().apply(OPERATOR, List.of(change), answer);
        flush();
        answer.get();
    }

    private void declare(String queue, Map<String, Object> arguments) {
        var answer = client.declare(queue, arguments);
        flush();
        answer.get();
    }

    private void publish(String queue, int count) {
        for (int i = 0; i < count; i++) {
            client.publish("", queue, Integer.toString(i), -1);
        }
        flush();
    }

    private void flush() {
        client.session.flush();
        world.syncAndRun();
    }

    private void pass(long millis) {
        world.time.pass(millis);
        world.syncAndRun();
    }

    private long ready(String queue) {
        return client.status(queue, world::syncAndRun).ready();
    }

    private Optional<String> take(String queue) {
        var answer = client.get(queue);
        world.syncAndRun();
        return answer.get().map(delivery -> delivery.message().body().toUtf8());
    }

    private void restart(FakeStorage next) {
        storage = next;
        world = new BrokerWorld(storage);
        client = world.connect();
        world.syncAndRun();
    }

    private VirtualHost host() {
        return world.broker.administration().current().virtualHost("/");
    }

    private QueueEntry entry(String queue) {
        return Objects.requireNonNull(host().queue(queue));
    }
}
