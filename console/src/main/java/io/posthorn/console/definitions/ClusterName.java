package io.posthorn.console.definitions;

import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.topology.Topology;
import tools.jackson.databind.json.JsonMapper;

/// What operators call the broker, kept where RabbitMQ keeps it: as a global parameter.
public final class ClusterName {
    private static final String PARAMETER = "cluster_name";
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ClusterName() {}

    /// @param unnamed until somebody has chosen a name
    public static String of(Topology topology, String unnamed) {
        return topology.globalParameters().stream()
                .filter(parameter -> parameter.name().equals(PARAMETER))
                .findFirst()
                .map(parameter -> Described.json(parameter).asString(unnamed))
                .orElse(unnamed);
    }

    public static AdminChange changeTo(String name) {
        return new AdminChange.PutParameter(new Parameter(null, "", PARAMETER, MAPPER.writeValueAsString(name)));
    }
}
