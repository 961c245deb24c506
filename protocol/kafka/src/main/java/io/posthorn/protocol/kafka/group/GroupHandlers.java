package io.posthorn.protocol.kafka.group;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.Surroundings;
import java.util.List;

/// Everything about groups that is asked for by requests.
public final class GroupHandlers {
    private GroupHandlers() {}

    /// The first of them closes the coordinator.
    public static List<ApiHandler> of(Surroundings around, GroupCoordination groups, OffsetTransactions transactions) {
        return List.of(
                new MembershipHandler(groups),
                new OffsetHandler(groups, around.cluster()),
                new TransactionalOffsetHandler(groups, around.cluster(), transactions),
                new GroupAdministrationHandler(groups),
                new ShareGroupHandler(groups),
                new ShareOffsetsHandler(groups, around.cluster()),
                new FindCoordinatorHandler(groups, around.settings()));
    }
}
