package io.posthorn.remote;

import io.posthorn.events.Capability;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// What is at the other end.
///
/// @param properties as told in `connection.start`
/// @param place host and port
record RemoteServer(Map<String, Object> properties, String place) {
    private static final String POSTHORN = "Posthorn";

    /// Posthorn tells clients that it is RabbitMQ, since they branch on that, and says who it is beside.
    boolean isPosthorn() {
        return text("platform").contains(POSTHORN) || text("information").contains(POSTHORN);
    }

    String name() {
        String what = isPosthorn() ? text("platform") : text("product") + " " + text("version");
        return what + " at " + place;
    }

    /// What it can do over AMQP alone.
    Set<Capability> capabilities() {
        return isPosthorn()
                ? EnumSet.of(
                        Capability.DURABLE,
                        Capability.LIFO,
                        Capability.DELAY,
                        Capability.DEDUPLICATION,
                        Capability.FAIRNESS,
                        Capability.CRON,
                        Capability.REPLAY)
                : EnumSet.of(Capability.DURABLE, Capability.DELAY, Capability.REPLAY);
    }

    private String text(String property) {
        Object value = properties.get(property);
        return value == null ? "" : value.toString();
    }
}
