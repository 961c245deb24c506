package io.posthorn.protocol.kafka.admin;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Surroundings;
import io.posthorn.protocol.kafka.config.KeptBrokerConfigs;
import io.posthorn.protocol.kafka.config.KeptGroupConfigs;
import io.posthorn.protocol.kafka.group.GroupConfigs;
import java.util.List;

/// What this package answers.
public final class AdminHandlers {
    private AdminHandlers() {}

    public static List<ApiHandler> of(
            Surroundings surroundings, KeptBrokerConfigs broker, KeptGroupConfigs kept, GroupConfigs groups) {
        return List.of(
                new TopicsHandler(surroundings, broker),
                new DescribeConfigsHandler(surroundings, broker, groups),
                new AlterConfigsHandler(surroundings, broker, kept, groups),
                new LogDirsHandler(surroundings),
                new QuotasHandler(surroundings),
                new OneNodeHandler(surroundings, kept));
    }
}
