package io.posthorn.broker.security;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.TopicPatterns;
import io.posthorn.broker.pattern.NamePattern;
import io.posthorn.broker.topology.Topology;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What one user may do with the resources of one virtual host. Confined to one thread.
///
/// Answers are remembered until the user's permissions change, which is seen by the identity of what was decided; so
/// a right that was taken away is gone for the next command of connections that are open.
public final class ResourceRights {
    private static final Permission[] PERMISSIONS = Permission.values();

    private final AccessControl access;
    private final Supplier<Topology> topology;
    private final Principal user;
    private final String virtualHost;
    private final TopicVariables variables;
    private final EnumMap<Permission, Answers> answers = new EnumMap<>(Permission.class);
    private @Nullable Topology seen;
    private @Nullable PermissionPatterns patterns;
    private Map<String, TopicPatterns> topics = Map.of();

    ResourceRights(AccessControl access, Supplier<Topology> topology, Principal user, String virtualHost) {
        this.access = access;
        this.topology = topology;
        this.user = user;
        this.virtualHost = virtualHost;
        this.variables = new TopicVariables(user.user(), virtualHost, null);
        for (Permission permission : PERMISSIONS) {
            answers.put(permission, new Answers());
        }
    }

    /// @throws AccessRefused
    public void checkQueue(Permission permission, String name) {
        if (!may(permission, name)) {
            throw refused(permission, "queue", name);
        }
    }

    /// The default exchange goes by the name `amq.default` here.
    ///
    /// @throws AccessRefused
    public void checkExchange(Permission permission, String name) {
        String named = name.isEmpty() ? "amq.default" : name;
        if (!may(permission, named)) {
            throw refused(permission, "exchange", named);
        }
    }

    /// Whoever may do anything with it may look whether it is there.
    ///
    /// @throws AccessRefused
    public void checkQueueSeen(String name) {
        if (!mayAnything(name)) {
            throw refused(Permission.CONFIGURE, "queue", name);
        }
    }

    /// @throws AccessRefused
    public void checkExchangeSeen(String name) {
        if (!mayAnything(name)) {
            throw refused(Permission.CONFIGURE, "exchange", name);
        }
    }

    /// Whether anything has to be asked for topics.
    public boolean hasTopicRules() {
        refresh();
        return !topics.isEmpty();
    }

    /// @param exchange one of type topic
    /// @throws AccessRefused
    public void checkTopic(Permission permission, String exchange, String routingKey) {
        refresh();
        TopicPatterns rule = topics.get(exchange);
        if (rule == null || user.isOwner()) {
            return;
        }
        String pattern = permission == Permission.WRITE ? rule.write() : rule.read();
        if (!access.pattern(variables.expand(pattern)).isFoundIn(routingKey)) {
            throw new AccessRefused(
                    permission.text(),
                    "access to topic '%s' in exchange exchange '%s' in vhost '%s' refused for user '%s'"
                            .formatted(routingKey, exchange, virtualHost, user.user()));
        }
    }

    private boolean mayAnything(String name) {
        for (Permission permission : PERMISSIONS) {
            if (may(permission, name)) {
                return true;
            }
        }
        return false;
    }

    private boolean may(Permission permission, String name) {
        refresh();
        if (patterns == null) {
            // Of what is gone it is said that it is gone.
            topology.get().virtualHost(virtualHost);
            return user.isOwner();
        }
        Answers known = Objects.requireNonNull(answers.get(permission));
        int slot = known.slotOf(name);
        if (!known.has(slot, name)) {
            known.put(slot, name, patternOf(permission, patterns).isFoundIn(name));
        }
        return known.allows(slot);
    }

    private NamePattern patternOf(Permission permission, PermissionPatterns of) {
        return access.pattern(
                switch (permission) {
                    case CONFIGURE -> of.configure();
                    case WRITE -> of.write();
                    case READ -> of.read();
                });
    }

    private void refresh() {
        Topology now = topology.get();
        if (now == seen) {
            return;
        }
        seen = now;
        PermissionPatterns decided = user.isOwner() ? null : now.permissions(user.user(), virtualHost);
        if (!Objects.equals(decided, patterns)) {
            patterns = decided;
            answers.values().forEach(Answers::forget);
        }
        topics = now.topicPermissions(user.user(), virtualHost);
    }

    private BrokerException refused(Permission permission, String kind, String name) {
        return new AccessRefused(
                permission.text(),
                "access to %s '%s' in vhost '%s' refused for user '%s'"
                        .formatted(kind, name, virtualHost, user.user()));
    }

    /// The newest answers, one for each slot. Who publishes to more names at a time asks again.
    private static final class Answers {
        private static final int SLOTS = 64;

        private final @Nullable String[] names = new @Nullable String[SLOTS];
        private final boolean[] allowed = new boolean[SLOTS];

        int slotOf(String name) {
            int hash = name.hashCode();
            return (hash ^ (hash >>> 16)) & (SLOTS - 1);
        }

        boolean has(int slot, String name) {
            return name.equals(names[slot]);
        }

        void put(int slot, String name, boolean isAllowed) {
            names[slot] = name;
            allowed[slot] = isAllowed;
        }

        boolean allows(int slot) {
            return allowed[slot];
        }

        void forget() {
            Arrays.fill(names, null);
        }
    }
}
