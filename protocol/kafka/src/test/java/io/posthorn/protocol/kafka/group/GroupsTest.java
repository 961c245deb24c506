package io.posthorn.protocol.kafka.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.protocol.kafka.KafkaWorld;
import io.posthorn.protocol.kafka.RawKafka;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.ListGroupsResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupsTest {
    private final KafkaWorld world = new KafkaWorld();

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void everyGroupsCoordinatorIsHere() throws IOException {
        try (RawKafka client = world.connect()) {
            FindCoordinatorResponse found = client.ask(
                    new FindCoordinatorRequest.Builder(new FindCoordinatorRequestData()
                                    .setKeyType((byte) 0)
                                    .setCoordinatorKeys(List.of("one", "two")))
                            .build((short) 6),
                    FindCoordinatorResponse.class);

            assertThat(found.coordinators()).allSatisfy(one -> {
                assertThat(one.errorCode()).isEqualTo(Errors.NONE.code());
                assertThat(one.port()).isEqualTo(world.port());
            });
        }
    }

    @Test
    void whereThereAreNoGroupsNoneAreListed() throws IOException {
        try (RawKafka client = world.connect()) {
            ListGroupsResponse listed = client.ask(
                    new ListGroupsRequest.Builder(new ListGroupsRequestData()).build((short) 5),
                    ListGroupsResponse.class);

            assertThat(listed.data().errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(listed.data().groups()).isEmpty();
        }
    }
}
