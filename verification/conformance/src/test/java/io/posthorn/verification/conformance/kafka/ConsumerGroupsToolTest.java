package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What operators do with `kafka-consumer-groups.sh`.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsumerGroupsToolTest {
    private final KafkaServer server = KafkaServer.inMemory();
    private final Admin admin = server.admin();
    private final KafkaTools tools;

    ConsumerGroupsToolTest() throws IOException {
        tools = KafkaTools.of(server);
    }

    @AfterAll
    void close() {
        tools.close();
        admin.close();
        server.close();
    }

    @Test
    void aGroupIsListedDescribedMovedAndDeleted() throws Exception {
        admin.createTopics(List.of(new NewTopic("sold", 1, (short) 1))).all().get();
        GroupsTest.produce(server, "sold", 0, 8);
        admin.alterConsumerGroupOffsets("sellers", Map.of(new TopicPartition("sold", 0), new OffsetAndMetadata(6)))
                .all()
                .get();

        assertThat(tool("--list")).contains("sellers");
        assertThat(tool("--describe", "--group", "sellers"))
                .anyMatch(line -> line.matches("sellers +sold +0 +6 +8 +2 .*"));
        assertThat(tool("--describe", "--group", "sellers", "--state"))
                .anyMatch(line -> line.matches("sellers +127.0.0.1:%d +\\(1\\).* Empty +0 *".formatted(server.port())));
        assertThat(tool("--group", "sellers", "--topic", "sold", "--reset-offsets", "--to-offset", "3", "--execute"))
                .anyMatch(line -> line.matches("sellers +sold +0 +3 *"));
        assertThat(tool("--group", "sellers", "--all-topics", "--reset-offsets", "--to-latest", "--execute"))
                .anyMatch(line -> line.matches("sellers +sold +0 +8 *"));
        assertThat(tool("--delete-offsets", "--group", "sellers", "--topic", "sold"))
                .anyMatch(line -> line.matches("sold +0 +Successful *"));
        tool("--delete", "--group", "sellers");
        assertThat(tool("--list")).doesNotContain("sellers");
    }

    @Test
    void membersAreShownWithWhatTheyHave() throws Exception {
        admin.createTopics(List.of(new NewTopic("shown", 2, (short) 1))).all().get();
        try (var member = GroupMember.of(
                server, Map.of("group.id", "showers", "group.protocol", "consumer", "client.id", "me"), "shown")) {
            member.awaitAssigned(2);

            assertThat(tool("--describe", "--group", "showers", "--members", "--verbose"))
                    .anyMatch(line -> line.matches("showers +\\S+ +/127.0.0.1 +me +2 .*shown:0,1.*"));
        }
    }

    private List<String> tool(String... arguments) throws Exception {
        return tools.run("kafka-consumer-groups", arguments);
    }
}
