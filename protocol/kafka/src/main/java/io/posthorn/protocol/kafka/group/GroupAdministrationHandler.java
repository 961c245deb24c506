package io.posthorn.protocol.kafka.group;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;
import org.apache.kafka.common.requests.ConsumerGroupDescribeResponse;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DeleteGroupsResponse;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.ListGroupsResponse;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/// Groups are listed, looked at and deleted, by who may.
public final class GroupAdministrationHandler implements ApiHandler {
    private final GroupCoordination groups;

    public GroupAdministrationHandler(GroupCoordination groups) {
        this.groups = groups;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(
                ApiKeys.LIST_GROUPS, ApiKeys.DESCRIBE_GROUPS, ApiKeys.DELETE_GROUPS, ApiKeys.CONSUMER_GROUP_DESCRIBE);
    }

    @Override
    public CompletionStage<? extends AbstractResponse> handle(KafkaRequest request) {
        var rights = new GroupRights(request.topics());
        return switch (request.body()) {
            case ListGroupsRequest list -> list(request, list, rights);
            case DescribeGroupsRequest describe -> describe(request, describe);
            case ConsumerGroupDescribeRequest describe -> describe(request, describe);
            case DeleteGroupsRequest delete -> delete(request, delete, rights);
            default -> throw new IllegalArgumentException("not served here: " + request.api());
        };
    }

    private CompletionStage<ListGroupsResponse> list(KafkaRequest request, ListGroupsRequest list, GroupRights rights) {
        return groups.coordinator()
                .thenCompose(groups -> groups.listGroups(request.context(), list.data()))
                .thenApplyAsync(
                        answer -> {
                            answer.groups().removeIf(group -> !rights.maySee(group.groupId()));
                            return new ListGroupsResponse(answer);
                        },
                        request.connection().io());
    }

    private CompletionStage<DescribeGroupsResponse> describe(KafkaRequest request, DescribeGroupsRequest describe) {
        var asked = describe.data();
        return GroupDescriptions.CLASSIC
                .of(asked.groups(), asked.includeAuthorizedOperations(), groups, request)
                .thenApply(shown -> new DescribeGroupsResponse(new DescribeGroupsResponseData().setGroups(shown)));
    }

    private CompletionStage<ConsumerGroupDescribeResponse> describe(
            KafkaRequest request, ConsumerGroupDescribeRequest describe) {
        var asked = describe.data();
        return GroupDescriptions.CONSUMER
                .of(asked.groupIds(), asked.includeAuthorizedOperations(), groups, request)
                .thenApply(shown ->
                        new ConsumerGroupDescribeResponse(new ConsumerGroupDescribeResponseData().setGroups(shown)));
    }

    private CompletionStage<DeleteGroupsResponse> delete(
            KafkaRequest request, DeleteGroupsRequest delete, GroupRights rights) {
        var asked = DividedGroups.of(Set.copyOf(delete.data().groupsNames()), rights::mayDelete);
        return groups.coordinator()
                .thenCompose(
                        groups -> groups.deleteGroups(request.context(), asked.allowed(), BufferSupplier.NO_CACHING))
                .thenApply(deleted -> {
                    asked.refused()
                            .forEach(group -> deleted.add(new DeletableGroupResult()
                                    .setGroupId(group)
                                    .setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code())));
                    return new DeleteGroupsResponse(new DeleteGroupsResponseData().setResults(deleted));
                });
    }
}
