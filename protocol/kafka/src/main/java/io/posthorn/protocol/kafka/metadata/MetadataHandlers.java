package io.posthorn.protocol.kafka.metadata;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Surroundings;
import java.util.List;

/// What this package answers.
public final class MetadataHandlers {
    private MetadataHandlers() {}

    public static List<ApiHandler> of(Surroundings surroundings) {
        return List.of(
                new MetadataHandler(surroundings),
                new DescribeTopicsHandler(surroundings),
                new ClusterHandler(surroundings));
    }
}
