package io.posthorn.protocol.amqp;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Message;
import io.posthorn.broker.Principal;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordHeader;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A publisher's properties, made ready for the broker. Immutable, so that the same bytes need it only once.
///
/// @param raw flags and values, as they came
/// @param headers of the record
/// @param key of the record
/// @param timeToLive in milliseconds, negative for none
/// @param timestamp in milliseconds, negative for none
/// @param userId who the publisher says it is
/// @param isTombstone whether a message without a body is one without a value
record IncomingProperties(
        Bytes raw,
        List<RecordHeader> headers,
        @Nullable Bytes key,
        boolean persistent,
        int priority,
        long timeToLive,
        long timestamp,
        @Nullable String userId,
        List<String> moreRoutingKeys,
        List<String> hiddenRoutingKeys,
        boolean isTombstone,
        Supplier<Arguments> attributes) {
    static final IncomingProperties NONE = new IncomingProperties(
            new Bytes(new byte[2]),
            List.of(),
            null,
            false,
            0,
            -1,
            -1,
            null,
            List.of(),
            List.of(),
            false,
            () -> Arguments.NONE);

    Message message(BasicMethod.Publish publish, Bytes body, long now) {
        boolean isNothing = isTombstone && body.length() == 0;
        return new Message(
                publish.exchange(),
                publish.routingKey(),
                moreRoutingKeys,
                hiddenRoutingKeys,
                key,
                headers,
                isNothing ? Message.TOMBSTONE : body,
                persistent,
                priority,
                expiresAt(now),
                timestamp < 0 ? now : timestamp,
                attributes,
                null,
                0);
    }

    private long expiresAt(long now) {
        if (timeToLive == 0) {
            return Message.AT_ONCE;
        }
        return timeToLive < 0 ? Message.NEVER : now + timeToLive;
    }

    /// Consumers may rely on `user_id`: it is who published, unless that is somebody who may speak for others.
    void checkUser(Principal user, BasicMethod.Publish publish) {
        if (userId != null && !userId.equals(user.user()) && !user.mayImpersonate()) {
            throw AmqpChannel.preconditionFailed(
                    "user_id property set to '%s' but authenticated user was '%s'".formatted(userId, user.user()),
                    publish);
        }
    }
}
