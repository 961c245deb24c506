package io.posthorn.protocol.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.protocol.kafka.KafkaWorld;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResourceCollection;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterConfigsResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AlterConfigsHandlerTest {
    private final KafkaWorld world = new KafkaWorld();

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void aResourceThatIsNamedTwiceIsRefusedBothTimesAndTheOthersAreNot() throws IOException {
        assertThat(alter("1", "", "1"))
                .extracting(answer -> Errors.forCode(answer.errorCode()))
                .containsExactly(Errors.INVALID_REQUEST, Errors.NONE, Errors.INVALID_REQUEST);
    }

    private List<AlterConfigsResourceResponse> alter(String... nodes) throws IOException {
        var resources = new AlterConfigsResourceCollection();
        for (String node : nodes) {
            resources.add(new AlterConfigsResource()
                    .setResourceType(ConfigResource.Type.BROKER.id())
                    .setResourceName(node));
        }
        var asked = new AlterConfigsRequestData().setResources(resources);
        short version = ApiKeys.ALTER_CONFIGS.latestVersion();
        try (var client = world.connect()) {
            return client.ask(new AlterConfigsRequest(asked, version), AlterConfigsResponse.class)
                    .data()
                    .responses();
        }
    }
}
