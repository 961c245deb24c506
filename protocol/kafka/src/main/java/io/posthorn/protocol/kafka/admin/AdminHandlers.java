package io.posthorn.protocol.kafka.admin;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Surroundings;
import java.util.List;

/// What this package answers.
public final class AdminHandlers {
    private AdminHandlers() {}

    public static List<ApiHandler> of(Surroundings surroundings) {
        return List.of(
                new TopicsHandler(surroundings),
                new DescribeConfigsHandler(surroundings),
                new AlterConfigsHandler(surroundings),
                new LogDirsHandler(surroundings),
                new OneNodeHandler(surroundings));
    }
}
