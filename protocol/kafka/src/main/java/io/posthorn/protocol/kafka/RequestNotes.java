package io.posthorn.protocol.kafka;

import io.posthorn.broker.AuditLog;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.Administration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DeleteGroupsResponse;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;
import org.jspecify.annotations.Nullable;

/// Writes into the audit log what the broker does not see: which requests were refused for want of rights, and what was
/// done to groups, which are the coordinator's. What is done to topics and users the broker notes itself. Thread-safe.
///
/// @param log of the broker
record RequestNotes(Administration log) {
    private static final Set<Errors> REFUSALS = EnumSet.of(
            Errors.TOPIC_AUTHORIZATION_FAILED,
            Errors.GROUP_AUTHORIZATION_FAILED,
            Errors.CLUSTER_AUTHORIZATION_FAILED,
            Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);

    CompletionStage<? extends AbstractResponse> noting(
            KafkaRequest request, CompletionStage<? extends AbstractResponse> answer) {
        return switch (request.api()) {
            // There are many, and their rights are asked for where a refusal is written down; the others know nobody.
            case PRODUCE, FETCH, API_VERSIONS, SASL_HANDSHAKE, SASL_AUTHENTICATE -> answer;
            default -> {
                var by = new Actor(request.principal(), request.connection().name());
                var _ = answer.whenComplete((response, failure) -> note(request, by, response, failure));
                yield answer;
            }
        };
    }

    private void note(
            KafkaRequest request, Actor by, @Nullable AbstractResponse response, @Nullable Throwable failure) {
        if (failure != null) {
            noteRefusal(request, by, Errors.forException(KafkaErrors.exception(failure)));
        } else if (response != null) {
            response.errorCounts().keySet().forEach(error -> noteRefusal(request, by, error));
            noteDeletion(request, by, response);
        }
    }

    private void noteRefusal(KafkaRequest request, Actor by, Errors error) {
        if (REFUSALS.contains(error)) {
            log.noteRefused(by, "kafka " + request.api().name, error.message());
        }
    }

    private void noteDeletion(KafkaRequest request, Actor by, AbstractResponse response) {
        switch (response) {
            case DeleteGroupsResponse deleted ->
                deleted.data().results().stream()
                        .filter(group -> group.errorCode() == Errors.NONE.code())
                        .forEach(group -> note(by, "delete group '" + group.groupId() + "'"));
            case OffsetDeleteResponse deleted
            when request.body() instanceof OffsetDeleteRequest asked ->
                deleted.data().topics().forEach(topic -> {
                    String partitions = topic.partitions().stream()
                            .filter(partition -> partition.errorCode() == Errors.NONE.code())
                            .map(partition -> Integer.toString(partition.partitionIndex()))
                            .collect(Collectors.joining(", "));
                    if (!partitions.isEmpty()) {
                        note(
                                by,
                                "delete offsets of group '%s' in partitions %s of topic '%s'"
                                        .formatted(asked.data().groupId(), partitions, topic.name()));
                    }
                });
            default -> {} // nothing that is kept
        }
    }

    private void note(Actor by, String what) {
        log.note(by, what, AuditLog.Entry.OK);
    }
}
