package io.posthorn.broker.admin;

import java.util.Comparator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// Who there is and what they may do. An immutable value: a change makes the next one, which shares all but
/// O(log n) with it. Compared by identity. Everything is sorted, so that a list can go on behind the last name it has
/// shown.
public final class Rights {
    /// Of one user in one virtual host.
    public record Subject(String user, String virtualHost) implements Comparable<Subject> {
        private static final Comparator<Subject> ORDER =
                Comparator.comparing(Subject::user).thenComparing(Subject::virtualHost);

        @Override
        public int compareTo(Subject other) {
            return ORDER.compare(this, other);
        }
    }

    public static final Rights NONE =
            new Rights(false, TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), TreePMap.empty());

    private final boolean begun;
    private final TreePMap<String, UserSpec> users;
    private final TreePMap<Subject, PermissionPatterns> permissions;
    private final TreePMap<Subject, TreePMap<String, TopicPatterns>> topicPermissions;
    private final TreePMap<String, TreePMap<String, Long>> limits;

    private Rights(
            boolean begun,
            TreePMap<String, UserSpec> users,
            TreePMap<Subject, PermissionPatterns> permissions,
            TreePMap<Subject, TreePMap<String, TopicPatterns>> topicPermissions,
            TreePMap<String, TreePMap<String, Long>> limits) {
        this.begun = begun;
        this.users = users;
        this.permissions = permissions;
        this.topicPermissions = topicPermissions;
        this.limits = limits;
    }

    /// Whether there has ever been a user: the first one is made by the broker, and only once.
    public boolean begun() {
        return begun;
    }

    public @Nullable UserSpec user(String name) {
        return users.get(name);
    }

    /// By name.
    public TreePMap<String, UserSpec> users() {
        return users;
    }

    /// Null for a user who may not use the virtual host at all.
    public @Nullable PermissionPatterns permissions(String user, String virtualHost) {
        return permissions.get(new Subject(user, virtualHost));
    }

    /// By user, and by virtual host.
    public TreePMap<Subject, PermissionPatterns> permissions() {
        return permissions;
    }

    /// By exchange; an exchange that is not there is not restricted.
    public TreePMap<String, TopicPatterns> topicPermissions(String user, String virtualHost) {
        return topicPermissions.getOrDefault(new Subject(user, virtualHost), TreePMap.empty());
    }

    /// By user and by virtual host, and there by exchange.
    public TreePMap<Subject, TreePMap<String, TopicPatterns>> topicPermissions() {
        return topicPermissions;
    }

    /// By the limit's name; what is not there is not limited.
    public TreePMap<String, Long> limits(String user) {
        return limits.getOrDefault(user, TreePMap.empty());
    }

    /// By user, and there by the limit's name.
    public TreePMap<String, TreePMap<String, Long>> limits() {
        return limits;
    }

    public Rights asBegun() {
        return begun ? this : new Rights(true, users, permissions, topicPermissions, limits);
    }

    public Rights with(UserSpec user) {
        return user.equals(users.get(user.name()))
                ? this
                : new Rights(true, users.plus(user.name(), user), permissions, topicPermissions, limits);
    }

    /// With everything that the user had.
    public Rights withoutUser(String name) {
        return users.containsKey(name)
                ? new Rights(
                        begun,
                        users.minus(name),
                        without(permissions, subject -> subject.user.equals(name)),
                        without(topicPermissions, subject -> subject.user.equals(name)),
                        limits.minus(name))
                : this;
    }

    /// With everything that users had in it.
    public Rights withoutVirtualHost(String name) {
        return new Rights(
                begun,
                users,
                without(permissions, subject -> subject.virtualHost.equals(name)),
                without(topicPermissions, subject -> subject.virtualHost.equals(name)),
                limits);
    }

    public Rights withPermissions(String user, String virtualHost, PermissionPatterns patterns) {
        var subject = new Subject(user, virtualHost);
        return !users.containsKey(user) || patterns.equals(permissions.get(subject))
                ? this
                : new Rights(begun, users, permissions.plus(subject, patterns), topicPermissions, limits);
    }

    public Rights withoutPermissions(String user, String virtualHost) {
        var subject = new Subject(user, virtualHost);
        return permissions.containsKey(subject)
                ? new Rights(begun, users, permissions.minus(subject), topicPermissions, limits)
                : this;
    }

    public Rights withTopicPermissions(String user, String virtualHost, String exchange, TopicPatterns patterns) {
        var known = topicPermissions(user, virtualHost);
        return !users.containsKey(user) || patterns.equals(known.get(exchange))
                ? this
                : withTopicPermissions(new Subject(user, virtualHost), known.plus(exchange, patterns));
    }

    /// @param exchange null for every one
    public Rights withoutTopicPermissions(String user, String virtualHost, @Nullable String exchange) {
        var known = topicPermissions(user, virtualHost);
        if (exchange == null) {
            return known.isEmpty() ? this : withTopicPermissions(new Subject(user, virtualHost), TreePMap.empty());
        }
        return known.containsKey(exchange)
                ? withTopicPermissions(new Subject(user, virtualHost), known.minus(exchange))
                : this;
    }

    private Rights withTopicPermissions(Subject subject, TreePMap<String, TopicPatterns> byExchange) {
        var changed =
                byExchange.isEmpty() ? topicPermissions.minus(subject) : topicPermissions.plus(subject, byExchange);
        return new Rights(begun, users, permissions, changed, limits);
    }

    public Rights withLimit(String user, String name, long value) {
        var known = limits(user);
        return !users.containsKey(user) || Long.valueOf(value).equals(known.get(name))
                ? this
                : withLimits(user, known.plus(name, value));
    }

    public Rights withoutLimit(String user, String name) {
        var known = limits(user);
        return known.containsKey(name) ? withLimits(user, known.minus(name)) : this;
    }

    private Rights withLimits(String user, TreePMap<String, Long> byName) {
        var changed = byName.isEmpty() ? limits.minus(user) : limits.plus(user, byName);
        return new Rights(begun, users, permissions, topicPermissions, changed);
    }

    private static <K, V> TreePMap<K, V> without(TreePMap<K, V> map, Predicate<K> gone) {
        return map.minusAll(map.keySet().stream().filter(gone).toList());
    }
}
