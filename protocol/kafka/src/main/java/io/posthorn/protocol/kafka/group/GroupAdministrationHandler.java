package io.posthorn.protocol.kafka.group;

import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
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

/// Groups are listed, looked at and deleted.
///
/// What the coordinator answers is filtered on the connection's io thread, where its user's rights are known.
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
            case DescribeGroupsRequest describe -> describe(request, describe, rights);
            case ConsumerGroupDescribeRequest describe -> describe(request, describe, rights);
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

    private CompletionStage<DescribeGroupsResponse> describe(
            KafkaRequest request, DescribeGroupsRequest describe, GroupRights rights) {
        var asked = DividedGroups.of(describe.data().groups(), rights::maySee);
        return groups.coordinator()
                .thenCompose(groups -> groups.describeGroups(request.context(), asked.allowed()))
                .thenApplyAsync(
                        described -> {
                            var answer = new DescribeGroupsResponseData();
                            answer.groups().addAll(described);
                            if (describe.data().includeAuthorizedOperations()) {
                                answer.groups().stream()
                                        .filter(group -> group.errorCode() == Errors.NONE.code())
                                        .forEach(group ->
                                                group.setAuthorizedOperations(rights.operations(group.groupId())));
                            }
                            asked.refused()
                                    .forEach(group -> answer.groups()
                                            .add(DescribeGroupsResponse.groupError(
                                                    group, Errors.GROUP_AUTHORIZATION_FAILED)));
                            return new DescribeGroupsResponse(answer);
                        },
                        request.connection().io());
    }

    private CompletionStage<ConsumerGroupDescribeResponse> describe(
            KafkaRequest request, ConsumerGroupDescribeRequest describe, GroupRights rights) {
        var asked = DividedGroups.of(describe.data().groupIds(), rights::maySee);
        return groups.coordinator()
                .thenCompose(groups -> groups.consumerGroupDescribe(request.context(), asked.allowed()))
                .thenApplyAsync(
                        described -> {
                            var answer = new ConsumerGroupDescribeResponseData();
                            described.stream()
                                    .map(group -> withoutSecrets(group, rights))
                                    .forEach(answer.groups()::add);
                            if (describe.data().includeAuthorizedOperations()) {
                                answer.groups().stream()
                                        .filter(group -> group.errorCode() == Errors.NONE.code())
                                        .forEach(group ->
                                                group.setAuthorizedOperations(rights.operations(group.groupId())));
                            }
                            asked.refused()
                                    .forEach(group ->
                                            answer.groups().add(refusal(group, Errors.GROUP_AUTHORIZATION_FAILED)));
                            return new ConsumerGroupDescribeResponse(answer);
                        },
                        request.connection().io());
    }

    /// A group is not shown to those who may not see a topic that it reads.
    private static ConsumerGroupDescribeResponseData.DescribedGroup withoutSecrets(
            ConsumerGroupDescribeResponseData.DescribedGroup group, GroupRights rights) {
        boolean mayBeSeen = group.members().stream()
                .flatMap(member -> Stream.of(member.assignment(), member.targetAssignment()))
                .flatMap(assignment -> assignment.topicPartitions().stream())
                .allMatch(topic -> rights.maySeeTopic(topic.topicName()));
        return mayBeSeen
                ? group
                : refusal(group.groupId(), Errors.TOPIC_AUTHORIZATION_FAILED)
                        .setErrorMessage("The group reads topics that this user may not see.");
    }

    private static ConsumerGroupDescribeResponseData.DescribedGroup refusal(String group, Errors error) {
        return new ConsumerGroupDescribeResponseData.DescribedGroup()
                .setGroupId(group)
                .setErrorCode(error.code());
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
