package io.posthorn.protocol.kafka.metadata;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaRights;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.Surroundings;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.EndpointType;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeClusterResponse;

/// Answers `DescribeCluster`: there is one node, and it is this one.
public final class ClusterHandler implements ApiHandler {
    private final Surroundings surroundings;
    private final NodeAddress node;

    public ClusterHandler(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.node = new NodeAddress(surroundings.settings());
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.DESCRIBE_CLUSTER);
    }

    @Override
    public CompletableFuture<DescribeClusterResponse> handle(KafkaRequest request) {
        return CompletableFuture.completedFuture(new DescribeClusterResponse(answer(request)));
    }

    private DescribeClusterResponseData answer(KafkaRequest request) {
        var asked = request.body(DescribeClusterRequest.class).data();
        EndpointType endpoint = EndpointType.fromId(asked.endpointType());
        if (endpoint != EndpointType.BROKER) {
            Errors error = request.version() == 0
                    ? Errors.INVALID_REQUEST
                    : endpoint == EndpointType.UNKNOWN
                            ? Errors.UNSUPPORTED_ENDPOINT_TYPE
                            : Errors.MISMATCHED_ENDPOINT_TYPE;
            return new DescribeClusterResponseData()
                    .setErrorCode(error.code())
                    .setErrorMessage("this is a broker, and clients speak to it as to one");
        }
        KafkaSettings.Address address = node.of(request.connection());
        var data = new DescribeClusterResponseData()
                .setClusterId(surroundings.cluster().id())
                .setControllerId(KafkaSettings.NODE_ID)
                .setEndpointType(EndpointType.BROKER.id());
        data.brokers()
                .add(new DescribeClusterBroker()
                        .setBrokerId(KafkaSettings.NODE_ID)
                        .setHost(address.host())
                        .setPort(address.port()));
        if (asked.includeClusterAuthorizedOperations()) {
            data.setClusterAuthorizedOperations(
                    KafkaRights.of(request, surroundings).operationsOnCluster());
        }
        return data;
    }
}
