package io.posthorn.protocol.kafka.share;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Surroundings;
import io.posthorn.protocol.kafka.fetch.FetchMemory;
import io.posthorn.protocol.kafka.group.GroupConfigs;
import java.util.List;

/// Everything about records that members of share groups ask for.
public final class ShareHandlers {
    private ShareHandlers() {}

    public static List<ApiHandler> of(Surroundings around, GroupConfigs configs, FetchMemory memory) {
        var sessions = new ShareSessions();
        var rules = new ShareRules(configs);
        return List.of(
                new ShareFetchHandler(around, sessions, rules, memory),
                new ShareAcknowledgeHandler(around.cluster(), sessions, rules));
    }
}
