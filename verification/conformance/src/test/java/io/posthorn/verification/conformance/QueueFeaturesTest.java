package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What users of each client ask of their queues. With the Java client the other tests here ask more.
@Execution(ExecutionMode.CONCURRENT)
class QueueFeaturesTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    private final String queue = Amqp.name("queues");

    @AfterEach
    void deleteQueues() throws Exception {
        amqp.onChannel(channel -> channel.queueDelete(queue));
        amqp.onChannel(channel -> channel.queueDelete(queue + ".dead"));
    }

    private List<String> run(ForeignClient client, String feature) throws Exception {
        return client.run("queues", feature, queue);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JAVA")
    void whatIsTooOldIsADeadLetterThatTellsItsExpiration(ForeignClient client) throws Exception {
        assertThat(run(client, "lifetimes")).containsExactly("soon expired:1 True 1", "late expired:1 True None");
    }

    /// The usual loop: refused, waits in a second queue until it expires, comes again and counts.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JAVA")
    void whatIsRefusedComesAgainLaterAndCountsItsDeaths(ForeignClient client) throws Exception {
        assertThat(run(client, "retries"))
                .containsExactly(
                        "again alive None",
                        "again expired:1,rejected:1 rejected",
                        "again expired:2,rejected:2 rejected");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JAVA")
    void theHighestPriorityComesFirst(ForeignClient client) throws Exception {
        assertThat(run(client, "priorities")).containsExactly("9 200 5 1 None");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JAVA")
    void theNewestComesFirstWhereThatWasDeclared(ForeignClient client) throws Exception {
        assumeTrue(BrokerUnderTest.isPosthorn());
        assertThat(run(client, "newest_first")).containsExactly("c b a");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JAVA")
    void oneConsumerIsActiveUntilItIsCancelled(ForeignClient client) throws Exception {
        assertThat(run(client, "single_active")).containsExactly("first a", "first b", "second c");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JAVA")
    void aFullQueueRefusesOrDropsTheOldest(ForeignClient client) throws Exception {
        assertThat(run(client, "limits"))
                .containsExactly("a confirmed", "b confirmed", "c refused", "d refused", "a b", "c d");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JAVA")
    void whatComesBackTooOftenIsADeadLetter(ForeignClient client) throws Exception {
        assertThat(run(client, "delivery_limit"))
                .containsExactly(
                        "poison came back 0 False",
                        "poison came back 1 True",
                        "poison came back 2 True",
                        "poison delivery_limit:1");
    }
}
