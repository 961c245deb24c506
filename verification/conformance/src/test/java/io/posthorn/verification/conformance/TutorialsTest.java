package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// The six RabbitMQ tutorials, each with the programs of one client on both sides.
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass(name = "{0}")
@EnumSource(ForeignClient.class)
class TutorialsTest {
    @Parameter
    private ForeignClient client = ForeignClient.JAVA;

    @AutoClose
    private final Amqp amqp = new Amqp();

    @Test
    void helloWorld() throws Exception {
        String queue = Amqp.name("hello");

        assertThat(run("send", queue, "Hello World!", "Grüße")).containsExactly("sent Hello World!", "sent Grüße");
        assertThat(received(run("receive", queue, "2"))).containsExactly("Hello World!", "Grüße");

        amqp.onChannel(channel -> channel.queueDelete(queue));
    }

    @Test
    void workQueuesShareTheTasks() throws Exception {
        String queue = Amqp.name("task_queue");
        try (ChildProcess one = start("worker", queue, "2");
                ChildProcess two = start("worker", queue, "2")) {
            awaitReady(one);
            awaitReady(two);
            run("new_task", queue, "first.", "second..", "third...", "fourth....");

            List<String> ofOne = received(one.awaitSuccess(ForeignClient.PATIENCE));
            List<String> ofTwo = received(two.awaitSuccess(ForeignClient.PATIENCE));
            assertThat(ofOne).hasSize(2).doesNotContainAnyElementsOf(ofTwo);
            assertThat(ofTwo).hasSize(2);
        }
        assertThat(amqp.drain(queue)).isEmpty();
        amqp.onChannel(channel -> channel.queueDelete(queue));
    }

    @Test
    void publishSubscribe() throws Exception {
        String exchange = Amqp.name("logs");
        try (ChildProcess one = start("receive_logs", exchange, "2");
                ChildProcess two = start("receive_logs", exchange, "2")) {
            awaitReady(one);
            awaitReady(two);
            run("emit_log", exchange, "info: hello", "info: again");

            assertThat(received(one.awaitSuccess(ForeignClient.PATIENCE)))
                    .containsExactly("info: hello", "info: again");
            assertThat(received(two.awaitSuccess(ForeignClient.PATIENCE)))
                    .containsExactly("info: hello", "info: again");
        }
        amqp.onChannel(channel -> channel.exchangeDelete(exchange));
    }

    @Test
    void routing() throws Exception {
        String exchange = Amqp.name("direct_logs");
        try (ChildProcess receiver = start("receive_logs_direct", exchange, "2", "warning", "error")) {
            awaitReady(receiver);
            run("emit_log_direct", exchange, "info", "warning", "debug", "error");

            assertThat(received(receiver.awaitSuccess(ForeignClient.PATIENCE)))
                    .containsExactly("warning: about warning", "error: about error");
        }
        amqp.onChannel(channel -> channel.exchangeDelete(exchange));
    }

    @Test
    void topics() throws Exception {
        String exchange = Amqp.name("topic_logs");
        try (ChildProcess receiver = start("receive_logs_topic", exchange, "3", "kern.*", "*.critical", "lazy.#")) {
            awaitReady(receiver);
            run("emit_log_topic", exchange, "kern.info", "mail.info", "kern.critical", "kern", "lazy.a.b");

            assertThat(received(receiver.awaitSuccess(ForeignClient.PATIENCE)))
                    .containsExactly(
                            "kern.info: about kern.info",
                            "kern.critical: about kern.critical",
                            "lazy.a.b: about lazy.a.b");
        }
        amqp.onChannel(channel -> channel.exchangeDelete(exchange));
    }

    @Test
    void remoteProcedureCall() throws Exception {
        String queue = Amqp.name("rpc_queue");
        try (ChildProcess server = start("rpc_server", queue, "2")) {
            awaitReady(server);

            assertThat(run("rpc_client", queue, "10", "15")).containsExactly("fib(10) = 55", "fib(15) = 610");

            server.awaitSuccess(ForeignClient.PATIENCE);
        }
        amqp.onChannel(channel -> channel.queueDelete(queue));
    }

    private ChildProcess start(String... arguments) throws Exception {
        return client.start("tutorials", arguments);
    }

    private List<String> run(String... arguments) throws Exception {
        return client.run("tutorials", arguments);
    }

    private static void awaitReady(ChildProcess receiver) throws InterruptedException {
        receiver.awaitLine("ready"::equals, ForeignClient.PATIENCE);
    }

    private static List<String> received(List<String> lines) {
        return lines.stream().filter(line -> !line.equals("ready")).toList();
    }
}
