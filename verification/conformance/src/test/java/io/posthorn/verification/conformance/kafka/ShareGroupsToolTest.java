package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What operators do with `kafka-share-groups.sh`.
class ShareGroupsToolTest {
    private final KafkaServer server = KafkaServer.inMemory();
    private final Admin admin = server.admin();
    private final KafkaTools tools;

    ShareGroupsToolTest() throws IOException {
        tools = KafkaTools.of(server);
    }

    @AfterEach
    void close() {
        tools.close();
        admin.close();
        server.close();
    }

    @Test
    void aGroupIsListedDescribedMovedAndDeleted() throws Exception {
        admin.createTopics(List.of(new NewTopic("sold", 1, (short) 1))).all().get();
        GroupsTest.produce(server, "sold", 0, 8);
        try (var member = ShareMember.accepting(server, "sellers", "sold")) {
            // Its group begins behind these.
            while (member.rest().isEmpty()) {
                GroupsTest.produce(server, "sold", 0, 1);
            }
            assertThat(tool("--describe", "--group", "sellers", "--members"))
                    .anyMatch(line -> line.matches("sellers +.* +/127.0.0.1 .*sold:0.*"));
        }
        assertThat(tool("--list")).contains("sellers");
        assertThat(tool("--describe", "--group", "sellers", "--state"))
                .anyMatch(line -> line.matches("sellers +127.0.0.1:%d +\\(1\\).* Empty +0 *".formatted(server.port())));
        assertThat(tool("--group", "sellers", "--topic", "sold", "--reset-offsets", "--to-earliest", "--execute"))
                .anyMatch(line -> line.matches("sellers +sold +0 +0 *"));
        assertThat(tool("--describe", "--group", "sellers"))
                .anyMatch(line -> line.matches("sellers +sold +0 +0 +\\d+ *"));
        assertThat(tool("--delete-offsets", "--group", "sellers", "--topic", "sold"))
                .anyMatch(line -> line.matches("sold +Successful *"));
        tool("--delete", "--group", "sellers");
        assertThat(tool("--list")).doesNotContain("sellers");
    }

    private List<String> tool(String... arguments) throws Exception {
        return tools.run("kafka-share-groups", arguments);
    }
}
