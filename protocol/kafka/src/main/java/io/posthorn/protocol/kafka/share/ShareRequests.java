package io.posthorn.protocol.kafka.share;

import io.posthorn.broker.security.Permission;
import io.posthorn.protocol.kafka.KafkaRequest;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.jspecify.annotations.Nullable;

/// What all requests of members have in common.
final class ShareRequests {
    private static final int LONGEST_MEMBER_ID = 36;

    private ShareRequests() {}

    /// Who asks.
    ///
    /// @throws InvalidRequestException when that is nobody
    /// @throws GroupAuthorizationException when its user may not
    static ShareSession.Owner owner(KafkaRequest request, @Nullable String group, @Nullable String member) {
        if (group == null) {
            throw new InvalidRequestException("Invalid group id in the request.");
        }
        if (!request.topics().may(Permission.READ, group)) {
            throw GroupAuthorizationException.forGroupId(group);
        }
        if (member == null || member.isEmpty() || member.length() > LONGEST_MEMBER_ID) {
            throw new InvalidRequestException("Invalid member id in the request.");
        }
        return new ShareSession.Owner(group, member);
    }
}
