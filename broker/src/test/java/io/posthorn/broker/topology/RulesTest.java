package io.posthorn.broker.topology;

import static io.posthorn.broker.topology.ManagerWorld.ALICE;
import static io.posthorn.broker.topology.ManagerWorld.BOB;
import static io.posthorn.broker.topology.ManagerWorld.arguments;
import static io.posthorn.broker.topology.ManagerWorld.toExchange;
import static io.posthorn.broker.topology.ManagerWorld.toQueue;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Answer;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.BrokerException.NotFound;
import io.posthorn.broker.BrokerException.NotImplemented;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.BrokerException.ResourceLocked;
import io.posthorn.broker.Done;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The texts are what RabbitMQ 3.10.8 answers to the same, taken down from a running one.
class RulesTest {
    private static final String LOCKED = "cannot obtain exclusive access to locked queue 'q' in vhost '/'. It could be"
            + " originally declared on another connection or the exclusive property value does not match that of the"
            + " original declaration.";

    private final ManagerWorld world = new ManagerWorld();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "t | inequivalent arg 'durable' for queue 'q' in vhost '/': received 'false' but current is 'true'",
                "a | inequivalent arg 'auto_delete' for queue 'q' in vhost '/': received 'true' but current is 'false'"
            })
    void aQueueIsDeclaredAgainWithTheSameFlagsOnly(String flags, String text) {
        world.declare("q");
        assertThat(world.declare("q", flags).failure())
                .isInstanceOf(PreconditionFailed.class)
                .hasMessage(text);
    }

    @Test
    void aQueueDeclaredAgainIsTheSameQueue() {
        var first = world.declare("q");
        var again = world.declare("q", "", arguments("x-foo", 1, "x-queue-mode", "lazy", "x-queue-version", 2), BOB);
        var classic = world.declare("q", "", arguments("x-queue-type", "classic"), BOB);
        world.sync();
        assertThat(again.get()).isSameAs(first.get());
        assertThat(classic.get()).isSameAs(first.get());
    }

    @Test
    void argumentsDeclaredAgainAreComparedByValueNotByWidth() {
        world.declare("q", "", arguments("x-queue-type", "quorum", "x-delivery-limit", (byte) -1), ALICE);
        world.declare("q", "", arguments("x-queue-type", "quorum", "x-delivery-limit", -1L), ALICE);
        world.sync();
        assertThat(world.created).hasSize(1);
        assertInequivalent(
                arguments("x-queue-type", "quorum", "x-delivery-limit", -2),
                "'x-delivery-limit' for queue 'q' in vhost '/': received '-2' but current is '-1'");
        assertInequivalent(
                arguments("x-queue-type", "quorum"),
                "'x-delivery-limit' for queue 'q' in vhost '/': received none but current is the value '-1' of type"
                        + " 'byte'");
        assertInequivalent(
                arguments("x-queue-type", "quorum", "x-delivery-limit", "-1"),
                "'x-delivery-limit' for queue 'q' in vhost '/': received '-1' but current is '-1'");
        assertInequivalent(
                Arguments.NONE,
                "'x-queue-type' for queue 'q' in vhost '/': received none but current is the value 'quorum' of type"
                        + " 'longstr'");
        assertInequivalent(
                arguments("x-queue-type", "classic"),
                "'x-queue-type' for queue 'q' in vhost '/': received 'classic' but current is 'quorum'");
    }

    @Test
    void whatIsAskedForAnewIsInequivalentToNone() {
        world.declare("q");
        assertInequivalent(
                arguments("x-message-ttl", 10),
                "'x-message-ttl' for queue 'q' in vhost '/': received the value '10' of type 'signedint' but current"
                        + " is none");
        assertInequivalent(
                arguments("x-queue-type", "quorum"),
                "'x-queue-type' for queue 'q' in vhost '/': received the value 'quorum' of type 'longstr' but current"
                        + " is none");
    }

    private void assertInequivalent(Arguments arguments, String text) {
        assertThat(world.declare("q", "", arguments, ALICE).failure())
                .isInstanceOf(PreconditionFailed.class)
                .hasMessage("inequivalent arg " + text);
    }

    @Test
    void valuesThatMakeNoSenseAreRefusedInRabbitsWords() {
        assertInvalid("x-message-ttl", -1, "{value_negative,-1}");
        assertInvalid("x-message-ttl", "a", "\"expected integer, got longstr\"");
        assertInvalid("x-message-ttl", true, "\"expected integer, got bool\"");
        assertInvalid("x-message-ttl", 10_000_000_000_000L, "{value_too_large,10000000000000}");
        assertInvalid("x-message-ttl", null, "\"expected integer, got void\"");
        assertInvalid("x-expires", 0, "{value_zero,0}");
        assertInvalid("x-max-length", -1, "{value_negative,-1}");
        assertInvalid("x-max-length", List.of(1), "\"expected integer, got array\"");
        assertInvalid("x-max-length-bytes", "a", "\"expected integer, got longstr\"");
        assertInvalid("x-overflow", "bad", "invalid_overflow");
        assertInvalid("x-overflow", 1, "{unacceptable_type,signedint}");
        assertInvalid("x-dead-letter-routing-key", "k", "routing_key_but_no_dlx_defined");
        assertInvalid("x-dead-letter-routing-key", 1, "{unacceptable_type,signedint}");
        assertInvalid("x-max-priority", 256, "{max_value_exceeded,256}");
        assertInvalid("x-delivery-order", "random", "invalid_delivery_order");
        assertInvalid("x-delayed-retry-type", "some", "invalid_delayed_retry_type");
        assertInvalid("x-delayed-retry-min", -1, "{value_negative,-1}");
        assertInvalid("x-delayed-retry-max", "a", "\"expected integer, got longstr\"");
        assertInvalid("x-single-active-consumer", 1, "{unacceptable_type,signedint}");
        assertInvalid("x-queue-mode", "bad", "\"unsupported queue mode 'bad'\"");
        assertInvalid("x-queue-version", 3, "\"unsupported queue version '3'\"");
        assertInvalid("x-queue-type", "bad", "\"unsupported queue type 'bad'\"");
        assertInvalid("x-queue-type", 5, "{unacceptable_type,signedint}");
        assertThat(world.declare("q", "", arguments("x-dead-letter-exchange", 1), ALICE)
                        .failure())
                .hasMessage("invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue 'q' in vhost '/'");
    }

    private void assertInvalid(String name, @Nullable Object value, String complaint) {
        assertThat(world.declare("q", "", arguments(name, value), ALICE).failure())
                .isInstanceOf(PreconditionFailed.class)
                .hasMessage("invalid arg '" + name + "' for queue 'q' in vhost '/': " + complaint);
    }

    @Test
    void argumentsAreForSomeTypesOfQueue() {
        assertThat(world.declare("q", "", arguments("x-queue-type", "quorum", "x-max-priority", 5), ALICE)
                        .failure())
                .hasMessage("invalid arg 'x-max-priority' for queue 'q' in vhost '/' of queue type"
                        + " rabbit_quorum_queue");
        assertThat(world.declare("q", "", arguments("x-delivery-limit", 5), ALICE)
                        .failure())
                .hasMessage("invalid arg 'x-delivery-limit' for queue 'q' in vhost '/' of queue type"
                        + " rabbit_classic_queue");
        assertThat(world.declare("q", "", arguments("x-delayed-retry-min", 5), ALICE)
                        .failure())
                .hasMessage("invalid arg 'x-delayed-retry-min' for queue 'q' in vhost '/' of queue type"
                        + " rabbit_classic_queue");
    }

    @ParameterizedTest
    @CsvSource({"t,non-durable", "x,exclusive-owner", "a,auto-delete"})
    void aQuorumQueueIsDurableAndSharedAndStays(String flags, String property) {
        assertThat(world.declare("q", flags, arguments("x-queue-type", "quorum"), ALICE)
                        .failure())
                .isInstanceOf(PreconditionFailed.class)
                .hasMessage("invalid property '" + property + "' for queue 'q' in vhost '/'");
    }

    @Test
    void aQuorumQueueHasANameOfItsOwn() {
        assertThat(world.declare("", "", arguments("x-queue-type", "quorum"), ALICE)
                        .failure())
                .hasMessage("Cannot declare a server-named queue for type rabbit_quorum_queue");
    }

    @Test
    void anUnknownArgumentIsIgnored() {
        var accepted = world.declare(
                "q", "", arguments("x-single-active-consumer", false, "x-queue-mode", "lazy", "x-foo", 1), ALICE);
        world.sync();
        assertThat(accepted.get().name()).isEqualTo("q");
    }

    @Test
    void aStreamTakesItsOwnArgumentsAndNoOthers() {
        world.declare(
                "q",
                "",
                arguments(
                        "x-queue-type",
                        "stream",
                        "x-max-age",
                        "7D",
                        "x-max-length-bytes",
                        1L << 40,
                        "x-stream-max-segment-size-bytes",
                        1_000_000,
                        "x-initial-cluster-size",
                        3),
                ALICE);
        world.sync();
        for (String argument : List.of(
                "x-message-ttl",
                "x-expires",
                "x-max-length",
                "x-queue-version",
                "x-delivery-limit",
                "x-max-priority")) {
            assertThat(world.declare("s", "", arguments("x-queue-type", "stream", argument, 1), ALICE)
                            .failure())
                    .hasMessage("invalid arg '" + argument
                            + "' for queue 's' in vhost '/' of queue type rabbit_stream_queue");
        }
        for (String age : List.of("", "1", "D", "0D", "-1D", "1.5D", "1w", "1 D")) {
            assertThat(world.declare("s", "", arguments("x-queue-type", "stream", "x-max-age", age), ALICE)
                            .failure())
                    .hasMessage("invalid arg 'x-max-age' for queue 's' in vhost '/': invalid_max_age");
        }
    }

    @Test
    void anExclusiveQueueIsItsSessionsOwn() {
        world.declare("q", "x");
        assertThat(world.declare("q", "x", Arguments.NONE, BOB).failure())
                .isInstanceOf(ResourceLocked.class)
                .hasMessage(LOCKED);
        assertThat(world.declare("q", "").failure())
                .as("by its owner, but not as exclusive")
                .isInstanceOf(ResourceLocked.class);
        assertThat(world.declare("q", "xt").isThere())
                .as("durable means nothing where the session's end is the queue's")
                .isTrue();
        var answer = new Answer<Done>();
        world.manager.bind("/", toQueue("amq.direct", "q", "k"), BOB, answer);
        assertThat(answer.failure()).hasMessage(LOCKED);
    }

    @Test
    void aSharedQueueIsNotMadeExclusive() {
        world.declare("q");
        assertThat(world.declare("q", "x").failure())
                .isInstanceOf(ResourceLocked.class)
                .hasMessage(LOCKED);
    }

    @Test
    void reservedNamesAreRefused() {
        assertThat(world.declare("amq.foo").failure())
                .isInstanceOf(AccessRefused.class)
                .hasMessage("queue name 'amq.foo' contains reserved prefix 'amq.*'");
        assertThat(world.exchange("amq.foo", "direct", "").failure())
                .isInstanceOf(AccessRefused.class)
                .hasMessage("exchange name 'amq.foo' contains reserved prefix 'amq.*'");
        assertThat(world.deleteExchange("amq.nope", false).failure())
                .isInstanceOf(AccessRefused.class)
                .hasMessage("deletion of system exchange 'amq.nope' in vhost '/' not allowed");
        assertThat(world.exchange("amq.direct", "direct", "").get()).isEqualTo(Done.DONE);
    }

    @Test
    void aGeneratedNameIsNobodyElses() {
        var one = world.declare("", "x").get().name();
        var other = world.declare("", "x").get().name();
        assertThat(one).matches("amq\\.gen-[A-Za-z0-9_-]{22}").isNotEqualTo(other);
        assertThat(world.declare(one, "x").failure())
                .as("it is not declared again by its name, only looked at")
                .isInstanceOf(AccessRefused.class);
    }

    @Test
    void namesHoldNoLineBreaksAndAtMost255Bytes() {
        assertThat(world.declare("a\r\nb", "x").get().name()).isEqualTo("ab");
        assertThat(world.declare("x".repeat(255), "x").get().name()).hasSize(255);
        assertThat(world.declare("é".repeat(128), "x").failure()).isInstanceOf(PreconditionFailed.class);
    }

    @Test
    void theDefaultExchangeIsNotDeclaredDeletedOrBound() {
        world.declare("q");
        for (var answer : List.of(
                world.exchange("", "direct", ""),
                world.deleteExchange("", false),
                world.bind(toQueue("", "q", "k")),
                world.bind(toQueue("", "nope", "k")),
                world.unbind(toQueue("", "q", "k")),
                world.bind(toExchange("amq.direct", "", "k")))) {
            assertThat(answer.failure())
                    .isInstanceOf(AccessRefused.class)
                    .hasMessage("operation not permitted on the default exchange");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fanout | - | arg 'type' for exchange 'x' in vhost '/': received 'fanout' but current is 'direct'",
                "direct | t | arg 'durable' for exchange 'x' in vhost '/': received 'false' but current is 'true'",
                "direct | a | arg 'auto_delete' for exchange 'x' in vhost '/': received 'true' but current is 'false'",
                "direct | i | arg 'internal' for exchange 'x' in vhost '/': received 'true' but current is 'false'"
            })
    void anExchangeIsDeclaredAgainAsItIsOnly(String type, String flags, String text) {
        world.exchange("x", "direct", "");
        assertThat(world.exchange("x", type, flags).failure())
                .isInstanceOf(PreconditionFailed.class)
                .hasMessage("inequivalent " + text);
    }

    @Test
    void theAlternateExchangeIsPartOfAnExchange() {
        world.exchange("x", "direct", "", arguments("alternate-exchange", "y"));
        assertThat(world.exchange("x", "direct", "").failure())
                .hasMessage("inequivalent arg 'alternate-exchange' for exchange 'x' in vhost '/': received none but"
                        + " current is the value 'y' of type 'longstr'");
        assertThat(world.exchange("x", "direct", "", arguments("alternate-exchange", "z"))
                        .failure())
                .hasMessage("inequivalent arg 'alternate-exchange' for exchange 'x' in vhost '/': received 'z' but"
                        + " current is 'y'");
        assertThat(world.exchange("x3", "direct", "", arguments("alternate-exchange", 1))
                        .failure())
                .hasMessage("invalid type 'signedint' for arg 'alternate-exchange' in exchange 'x3' in vhost '/'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bad", ""})
    void anUnknownTypeOfExchangeIsRefused(String type) {
        assertThat(world.exchange("x", type, "").failure())
                .isInstanceOf(NotImplemented.class)
                .hasMessage("unknown exchange type '" + type + "'");
    }

    @Test
    void anExchangeInUseIsKeptWhenAskedSo() {
        world.declare("q");
        world.exchange("x", "direct", "");
        world.bind(toQueue("x", "q", "k"));
        assertThat(world.deleteExchange("x", true).failure())
                .isInstanceOf(PreconditionFailed.class)
                .hasMessage("exchange 'x' in vhost '/' in use");
        world.unbind(toQueue("x", "q", "k"));
        var deleted = world.deleteExchange("x", true);
        world.sync();
        assertThat(deleted.get()).isEqualTo(Done.DONE);
    }

    @Test
    void bothEndsOfABindingMustBeThere() {
        world.declare("q");
        assertNotFound(toQueue("amq.direct", "nope", "k"), "no queue 'nope' in vhost '/'");
        assertNotFound(toQueue("nope", "q", "k"), "no exchange 'nope' in vhost '/'");
        assertNotFound(toQueue("nope2", "nope", "k"), "no exchange 'nope2' in vhost '/'");
        assertNotFound(toExchange("amq.direct", "nope", "k"), "no exchange 'nope' in vhost '/'");
    }

    private void assertNotFound(BindingSpec binding, String text) {
        assertThat(world.bind(binding).failure()).isInstanceOf(NotFound.class).hasMessage(text);
    }

    @Test
    void whatIsNotThereCountsAsUnboundAndDeleted() {
        assertThat(world.unbind(toQueue("nope", "nope", "k")).get()).isEqualTo(Done.DONE);
        assertThat(world.unbind(toQueue("amq.direct", "nope", "k")).get()).isEqualTo(Done.DONE);
        assertThat(world.deleteExchange("nope", false).get()).isEqualTo(Done.DONE);
        var queue = world.declare("q", "x").get();
        world.delete(queue);
        assertThat(world.delete(queue).get()).isEqualTo(Done.DONE);
        assertThat(world.removed).containsExactly(queue);
    }

    @Test
    void aHeadersBindingSaysHowToMatch() {
        world.declare("q", "x");
        assertThat(world.bind(toQueue("amq.headers", "q", "k", arguments("x-match", "bad")))
                        .failure())
                .isInstanceOf(PreconditionFailed.class)
                .hasMessage("Invalid x-match field value <<\"bad\">>; expected all, any, all-with-x, or any-with-x");
        assertThat(world.bind(toQueue("amq.headers", "q", "k", arguments("x-match", 1)))
                        .failure())
                .hasMessage("Invalid x-match field type signedint (value 1); expected longstr");
        assertThat(world.bind(toQueue("amq.direct", "q", "k", arguments("x-match", 1)))
                        .get())
                .as("only a headers exchange reads it")
                .isEqualTo(Done.DONE);
    }
}
