package io.posthorn.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each example runs on memory, on files and on a server, and says the same.
class ExamplesTest {
    @TempDir
    Path directory;

    private interface Example {
        void main(String[] arguments) throws Exception;
    }

    @Test
    void theJobQueueDoesUrgentJobsFirstAndGivesUpWhatNeverWorks() throws Exception {
        for (List<String> lines : everywhere(JobQueue::main)) {
            assertThat(lines)
                    .startsWith("done: invoice", "done: thumbnails")
                    .contains("done: reminder")
                    .endsWith("given up: broken, because a job cannot take -1 seconds");
        }
    }

    @Test
    void theOrderServiceBooksWhatWasCommitted() throws Exception {
        assertThat(linesOf(OrderService::main, "mem:"))
                .containsExactly("booked: OrderPlaced[order=1, cents=1990]", "booked: OrderPlaced[order=3, cents=990]");
    }

    @Test
    void inTheChatEverybodyHearsTheirRoomAndTheModeratorAll() throws Exception {
        for (List<String> lines : everywhere(ChatRoom::main)) {
            assertThat(lines)
                    .contains(
                            "ada hears ada say: it weaves algebraic patterns",
                            "grace hears ada say: it weaves algebraic patterns",
                            "moderator, in chat.engines: it weaves algebraic patterns",
                            "moderator, in chat.bombes: nobody here?",
                            "moderator, in chat.engines.archive: found a moth",
                            "in the room: ada, grace")
                    .hasSize(6);
        }
    }

    private List<List<String>> everywhere(Example example) throws Exception {
        try (Server server = Server.start(ServerConfig.inMemory())) {
            return List.of(
                    linesOf(example, "mem:"),
                    linesOf(example, directory.toUri().toString()),
                    linesOf(
                            example,
                            "amqp://guest:guest@127.0.0.1:"
                                    + server.amqpAddress().orElseThrow().getPort()));
        }
    }

    private static List<String> linesOf(Example example, String uri) throws Exception {
        var written = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            example.main(new String[] {uri});
        } finally {
            System.setOut(before);
        }
        return written.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
