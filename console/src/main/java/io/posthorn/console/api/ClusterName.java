package io.posthorn.console.api;

import io.posthorn.broker.admin.Parameter;

/// What an operator calls the cluster; the node's name until somebody has chosen one.
final class ClusterName {
    private static final String PARAMETER = "cluster_name";

    private ClusterName() {}

    static String of(Observed observed) {
        for (Parameter each : observed.broker().administration().current().globalParameters()) {
            if (each.name().equals(PARAMETER) && each.json().startsWith("\"")) {
                return io.posthorn.console.http.Json.parse(
                                each.json().getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .stringValue();
            }
        }
        return observed.node().name();
    }
}
