package io.posthorn.broker.topology;

import io.posthorn.broker.admin.Rights.Subject;
import io.posthorn.broker.admin.Settings.ParameterKey;
import io.posthorn.broker.admin.Settings.PolicyKey;
import java.util.NavigableMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The part of a [TopologySnapshot] about rights and settings: users before their rights, each list from its first
/// name to its last.
final class DecisionSnapshot {
    private final Consumer<TopologyChange> out;
    private final Walk<String> users = new Walk<>();
    private final Walk<Subject> permissions = new Walk<>();
    private final Walk<Subject> topicPermissions = new Walk<>();
    private final Walk<String> userLimits = new Walk<>();
    private final Walk<PolicyKey> policies = new Walk<>();
    private final Walk<ParameterKey> parameters = new Walk<>();
    private final Walk<String> hostLimits = new Walk<>();
    private int room;

    DecisionSnapshot(Consumer<TopologyChange> out) {
        this.out = out;
    }

    /// Writes what comes next.
    ///
    /// @param most so many things at most
    /// @return whether that was all
    boolean write(Topology newest, int most) {
        room = most;
        var rights = newest.rights();
        var settings = newest.settings();
        return users.write(rights.users(), (_, user) -> out.accept(new RightsChange.UserPut(user)))
                && permissions.write(
                        rights.permissions(),
                        (subject, patterns) -> out.accept(
                                new RightsChange.PermissionsSet(subject.user(), subject.virtualHost(), patterns)))
                && topicPermissions.write(
                        rights.topicPermissions(),
                        (subject, byExchange) -> byExchange.forEach(
                                (exchange, patterns) -> out.accept(new RightsChange.TopicPermissionsSet(
                                        subject.user(), subject.virtualHost(), exchange, patterns))))
                && userLimits.write(
                        rights.limits(),
                        (user, limits) -> limits.forEach(
                                (name, value) -> out.accept(new RightsChange.UserLimitSet(user, name, value))))
                && policies.write(settings.policies(), (_, policy) -> out.accept(new SettingsChange.PolicyPut(policy)))
                && parameters.write(
                        settings.parameters(), (_, parameter) -> out.accept(new SettingsChange.ParameterPut(parameter)))
                && hostLimits.write(
                        settings.limits(),
                        (host, limits) -> limits.forEach(
                                (name, value) -> out.accept(new SettingsChange.HostLimitSet(host, name, value))));
    }

    /// Through one list that changes meanwhile.
    private final class Walk<K> {
        private @Nullable K last;

        <V> boolean write(NavigableMap<K, V> all, BiConsumer<K, V> writer) {
            var rest = last == null ? all : all.tailMap(last, false);
            for (var entry : rest.entrySet()) {
                if (room-- <= 0) {
                    return false;
                }
                last = entry.getKey();
                writer.accept(entry.getKey(), entry.getValue());
            }
            return true;
        }
    }
}
