package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What users of each client do beyond the tutorials.
@Execution(ExecutionMode.CONCURRENT)
class FeaturesTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    private final String queue = Amqp.name("feature");

    @AfterEach
    void deleteQueue() throws Exception {
        amqp.onChannel(channel -> channel.queueDelete(queue));
    }

    @ParameterizedTest
    @EnumSource
    void publishesAreConfirmed(ForeignClient client) throws Exception {
        assertThat(client.run("features", "confirms", queue)).containsExactly("confirmed 100", "ready 100");
    }

    @ParameterizedTest
    @EnumSource
    void anUnroutableMandatoryMessageComesBack(ForeignClient client) throws Exception {
        assertThat(client.run("features", "mandatory", queue)).containsExactly("returned 312 NO_ROUTE nobody home");
    }

    @ParameterizedTest
    @EnumSource
    void heartbeatsKeepAnIdleConnection(ForeignClient client) throws Exception {
        assertThat(client.run("features", "heartbeats", queue)).containsExactly("ready", "still here");
    }

    @ParameterizedTest
    @EnumSource
    void getTakesOneAndSaysWhatRemains(ForeignClient client) throws Exception {
        assertThat(client.run("features", "get", queue))
                .containsExactly("empty True", "one remaining 1", "two remaining 0", "empty True");
    }

    @ParameterizedTest
    @EnumSource
    void nackAndRejectRequeueInPlaceOrDrop(ForeignClient client) throws Exception {
        assertThat(client.run("features", "reject", queue))
                .containsExactly("a first", "a redelivered", "b first", "b redelivered", "c first", "ready 0");
    }

    @ParameterizedTest
    @EnumSource
    void consumersAreCancelledFromEitherSide(ForeignClient client) throws Exception {
        assertThat(client.run("features", "cancel", queue))
                .containsExactly("cancelled by us", "cancelled by the broker");
    }

    /// RabbitMQ would need its plugin.
    @ParameterizedTest
    @EnumSource
    void delayedMessagesComeInTheOrderOfTheirTimesAndTellTheirDelay(ForeignClient client) throws Exception {
        assumeTrue(BrokerUnderTest.isPosthorn());
        assertThat(client.run("features", "delayed", queue))
                .containsExactly("confirmed", "now undelayed", "soon -300", "later -900");
    }

    /// Of the Java client [StreamsTest] tells more.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JAVA")
    void aStreamIsReadFromWhereOneLikes(ForeignClient client) throws Exception {
        assertThat(client.run("features", "stream", queue))
                .containsExactly("first 0@0 1@1 2@2 3@3 4@4", "3 3@3 4@4", "1h 0@0 1@1 2@2 3@3 4@4");
    }
}
