package io.posthorn.protocol.kafka.group;

import io.posthorn.protocol.kafka.KafkaRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/// How one of Kafka's APIs tells of groups. Each has classes of its own for it, with the same fields: what a user is
/// shown of them goes by the same rules.
///
/// What the coordinator answers is filtered on the connection's io thread, where its user's rights are known.
///
/// @param ask the coordinator's word for it
/// @param topics that the members of a group read, as far as is told
/// @param operations tells what the user may do with a group
/// @param refusal what is told of a group instead
record GroupDescriptions<G>(
        Asking<G> ask,
        Function<G, String> id,
        Function<G, Short> error,
        Function<G, Stream<String>> topics,
        BiConsumer<G, Integer> operations,
        BiFunction<String, ApiError, G> refusal) {
    private static final ApiError GROUP_REFUSED = new ApiError(Errors.GROUP_AUTHORIZATION_FAILED, null);
    private static final ApiError TOPIC_REFUSED =
            new ApiError(Errors.TOPIC_AUTHORIZATION_FAILED, "The group reads topics that this user may not see.");

    /// Of the classic protocol, whose members' topics are bytes of theirs.
    static final GroupDescriptions<DescribeGroupsResponseData.DescribedGroup> CLASSIC = new GroupDescriptions<>(
            GroupCoordinator::describeGroups,
            DescribeGroupsResponseData.DescribedGroup::groupId,
            DescribeGroupsResponseData.DescribedGroup::errorCode,
            _ -> Stream.empty(),
            DescribeGroupsResponseData.DescribedGroup::setAuthorizedOperations,
            (group, error) -> DescribeGroupsResponse.groupError(group, error.error(), error.message()));

    static final GroupDescriptions<ConsumerGroupDescribeResponseData.DescribedGroup> CONSUMER = new GroupDescriptions<>(
            GroupCoordinator::consumerGroupDescribe,
            ConsumerGroupDescribeResponseData.DescribedGroup::groupId,
            ConsumerGroupDescribeResponseData.DescribedGroup::errorCode,
            group -> group.members().stream()
                    .flatMap(member -> Stream.of(member.assignment(), member.targetAssignment()))
                    .flatMap(assignment -> assignment.topicPartitions().stream())
                    .map(ConsumerGroupDescribeResponseData.TopicPartitions::topicName),
            ConsumerGroupDescribeResponseData.DescribedGroup::setAuthorizedOperations,
            (group, error) -> new ConsumerGroupDescribeResponseData.DescribedGroup()
                    .setGroupId(group)
                    .setErrorCode(error.error().code())
                    .setErrorMessage(error.message()));

    static final GroupDescriptions<ShareGroupDescribeResponseData.DescribedGroup> SHARE = new GroupDescriptions<>(
            GroupCoordinator::shareGroupDescribe,
            ShareGroupDescribeResponseData.DescribedGroup::groupId,
            ShareGroupDescribeResponseData.DescribedGroup::errorCode,
            group -> group.members().stream()
                    .flatMap(member -> member.assignment().topicPartitions().stream())
                    .map(ShareGroupDescribeResponseData.TopicPartitions::topicName),
            ShareGroupDescribeResponseData.DescribedGroup::setAuthorizedOperations,
            (group, error) -> new ShareGroupDescribeResponseData.DescribedGroup()
                    .setGroupId(group)
                    .setErrorCode(error.error().code())
                    .setErrorMessage(error.message()));

    /// Has the coordinator describe groups.
    interface Asking<G> {
        CompletableFuture<List<G>> describe(
                GroupCoordinator groups, AuthorizableRequestContext context, List<String> asked);
    }

    /// What the user who asks may see of these groups.
    ///
    /// @param operations whether it is told what the user may do with them
    CompletionStage<List<G>> of(
            List<String> groups, boolean operations, GroupCoordination coordination, KafkaRequest request) {
        var rights = new GroupRights(request.topics());
        var asked = DividedGroups.of(groups, rights::maySee);
        return coordination
                .coordinator()
                .thenCompose(coordinator -> ask.describe(coordinator, request.context(), asked.allowed()))
                .thenApplyAsync(
                        described -> {
                            List<G> shown = new ArrayList<>();
                            described.forEach(group -> shown.add(shown(group, operations, rights)));
                            asked.refused().forEach(group -> shown.add(refusal.apply(group, GROUP_REFUSED)));
                            return shown;
                        },
                        request.connection().io());
    }

    /// A group is not shown to those who may not see a topic that it reads.
    private G shown(G group, boolean withOperations, GroupRights rights) {
        String name = id.apply(group);
        if (!topics.apply(group).allMatch(rights::maySeeTopic)) {
            return refusal.apply(name, TOPIC_REFUSED);
        }
        if (withOperations && error.apply(group) == Errors.NONE.code()) {
            operations.accept(group, rights.operations(name));
        }
        return group;
    }
}
