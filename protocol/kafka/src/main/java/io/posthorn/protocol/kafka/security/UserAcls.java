package io.posthorn.protocol.kafka.security;

import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.security.Permission;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// One user's permissions in one virtual host, as bindings of access control lists. Immutable.
///
/// A permission is for names, and not for kinds of things: to read a name is to consume the topic and to be in the
/// group of that name, to write it is to produce to the topic and to use it as a transactional id.
record UserAcls(String user, Map<Permission, Optional<NameSet>> names) {
    static final String USER = "User:";
    static final String ANY_HOST = "*";

    static UserAcls of(String user, PermissionPatterns patterns) {
        Map<Permission, Optional<NameSet>> names = new EnumMap<>(Permission.class);
        names.put(Permission.CONFIGURE, NameSet.parse(patterns.configure()));
        names.put(Permission.WRITE, NameSet.parse(patterns.write()));
        names.put(Permission.READ, NameSet.parse(patterns.read()));
        return new UserAcls(user, names);
    }

    /// What an operation on a kind of resource takes; empty for what is no permission.
    static Set<Permission> permissions(ResourceType resource, AclOperation operation) {
        return switch (resource) {
            case TOPIC ->
                switch (operation) {
                    case READ -> Set.of(Permission.READ);
                    case WRITE -> Set.of(Permission.WRITE);
                    case CREATE, DELETE, ALTER, ALTER_CONFIGS -> Set.of(Permission.CONFIGURE);
                    case ALL -> Set.of(Permission.CONFIGURE, Permission.WRITE, Permission.READ);
                    default -> Set.of();
                };
            case GROUP ->
                switch (operation) {
                    case READ -> Set.of(Permission.READ);
                    case DELETE -> Set.of(Permission.CONFIGURE);
                    case ALL -> Set.of(Permission.CONFIGURE, Permission.READ);
                    default -> Set.of();
                };
            case TRANSACTIONAL_ID ->
                switch (operation) {
                    case WRITE, ALL -> Set.of(Permission.WRITE);
                    default -> Set.of();
                };
            default -> Set.of();
        };
    }

    /// As the management API would show it.
    PermissionPatterns patterns(PermissionPatterns before) {
        return new PermissionPatterns(
                expression(Permission.CONFIGURE, before.configure()),
                expression(Permission.WRITE, before.write()),
                expression(Permission.READ, before.read()));
    }

    private String expression(Permission permission, String before) {
        Optional<NameSet> set = of(permission);
        return set.isEmpty() || set.equals(NameSet.parse(before))
                ? before
                : set.get().expression();
    }

    private Optional<NameSet> of(Permission permission) {
        return Objects.requireNonNull(names.get(permission));
    }

    /// Whether bindings can say what this permission is for.
    boolean canSay(Permission permission) {
        return of(permission).isPresent();
    }

    UserAcls with(Permission permission, ResourcePattern pattern) {
        return changed(permission, of(permission).map(set -> set.with(pattern)));
    }

    UserAcls without(Permission permission, ResourcePattern pattern) {
        return changed(permission, of(permission).map(set -> set.without(pattern)));
    }

    private UserAcls changed(Permission permission, Optional<NameSet> set) {
        Map<Permission, Optional<NameSet>> changed = new EnumMap<>(names);
        changed.put(permission, set);
        return new UserAcls(user, changed);
    }

    /// Whether a name can be seen, which is no permission but what comes with each.
    boolean sees(String name) {
        return names.values().stream()
                .anyMatch(set -> set.isPresent() && set.get().has(name));
    }

    /// Everything that bindings can say of it.
    List<AclBinding> bindings() {
        List<AclBinding> bindings = new ArrayList<>();
        names.forEach((permission, set) -> set.ifPresent(known -> add(permission, known, bindings)));
        return bindings;
    }

    private void add(Permission permission, NameSet set, List<AclBinding> to) {
        if (set.isAll()) {
            add(permission, ResourcePattern.WILDCARD_RESOURCE, PatternType.LITERAL, to);
        }
        set.literals().stream().sorted().forEach(name -> add(permission, name, PatternType.LITERAL, to));
        set.prefixes().stream().sorted().forEach(name -> add(permission, name, PatternType.PREFIXED, to));
    }

    private void add(Permission permission, String name, PatternType type, List<AclBinding> to) {
        switch (permission) {
            case READ -> {
                to.add(binding(ResourceType.TOPIC, name, type, AclOperation.READ));
                to.add(binding(ResourceType.GROUP, name, type, AclOperation.READ));
            }
            case WRITE -> {
                to.add(binding(ResourceType.TOPIC, name, type, AclOperation.WRITE));
                to.add(binding(ResourceType.TRANSACTIONAL_ID, name, type, AclOperation.WRITE));
            }
            case CONFIGURE -> {
                for (AclOperation operation : List.of(
                        AclOperation.CREATE, AclOperation.DELETE, AclOperation.ALTER, AclOperation.ALTER_CONFIGS)) {
                    to.add(binding(ResourceType.TOPIC, name, type, operation));
                }
                to.add(binding(ResourceType.GROUP, name, type, AclOperation.DELETE));
            }
        }
    }

    private AclBinding binding(ResourceType resource, String name, PatternType type, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(resource, name, type),
                new AccessControlEntry(USER + user, ANY_HOST, operation, AclPermissionType.ALLOW));
    }
}
