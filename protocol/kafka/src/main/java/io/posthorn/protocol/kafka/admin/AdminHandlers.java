package io.posthorn.protocol.kafka.admin;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Surroundings;
import io.posthorn.protocol.kafka.config.KeptConfigs;
import io.posthorn.protocol.kafka.group.GroupConfigs;
import java.util.List;

/// What this package answers.
public final class AdminHandlers {
    private AdminHandlers() {}

    public static List<ApiHandler> of(Surroundings surroundings, KeptConfigs kept, GroupConfigs groups) {
        return List.of(
                new TopicsHandler(surroundings),
                new DescribeConfigsHandler(surroundings, groups),
                new AlterConfigsHandler(surroundings, kept, groups),
                new LogDirsHandler(surroundings),
                new QuotasHandler(surroundings),
                new OneNodeHandler(surroundings, kept));
    }
}
