package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// What users of kombu do, and the frameworks above it.
@Execution(ExecutionMode.CONCURRENT)
class KombuTest {
    private final String name = Amqp.name("kombu");

    @BeforeAll
    static void kombu() throws Exception {
        Python.assumeHas("kombu");
    }

    private List<String> run(String feature) throws Exception {
        return Python.run("kombu/features.py", feature, name);
    }

    @Test
    void aSimpleQueueCountsAndGives() throws Exception {
        assertThat(run("simple")).containsExactly("size 3", "{'n': 0}", "{'n': 1}", "{'n': 2}", "empty");
    }

    @Test
    void messagesAreAckedRequeuedAndRejected() throws Exception {
        assertThat(run("settle"))
                .containsExactly(
                        "('twice', False)", "('twice', True)", "('never', False)", "('once', False)", "ready 0");
    }

    @Test
    void expiredMessagesAreDeadLetters() throws Exception {
        assertThat(run("lifetimes")).containsExactly("late expired True 1");
    }

    @Test
    void theHighestPriorityComesFirst() throws Exception {
        assertThat(run("priorities")).containsExactly("['9', '5', '1']");
    }

    @Test
    void aMailboxHearsAndAnswers() throws Exception {
        assertThat(run("mailbox")).containsExactly("[{'node': 42}]");
    }
}
