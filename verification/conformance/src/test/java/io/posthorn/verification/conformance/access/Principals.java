package io.posthorn.verification.conformance.access;

import io.posthorn.broker.Done;
import io.posthorn.broker.LocalBroker;
import io.posthorn.broker.Principal;
import io.posthorn.broker.Reply;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.security.Permission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/// A user for each set of permissions, all of them for the same resources: those that begin with `mine-`, what the
/// broker names, and the default exchange.
record Principals(LocalBroker broker) {
    static final String PASSWORD = "planted-password";
    private static final String THEIRS = "^(mine-|amq\\.gen-|amq\\.default$)";
    private static final Pattern IS_THEIRS = Pattern.compile(THEIRS);
    // RabbitMQ's hash of the password, so that making users takes no time.
    static final Credential CREDENTIAL =
            new Credential(Credential.RABBIT_SHA256, "CQgHBiA/GqiWGfPth204Z0PpqPD5vDR5RNpvI1qYdBkTDGx9");

    static boolean isTheirs(String resource) {
        return IS_THEIRS.matcher(resource).find();
    }

    /// Every set of permissions there is.
    static List<Set<Permission>> all() {
        var all = new ArrayList<Set<Permission>>();
        for (int bits = 0; bits < 8; bits++) {
            Set<Permission> permissions = EnumSet.noneOf(Permission.class);
            Permission[] values = Permission.values();
            for (int i = 0; i < values.length; i++) {
                if ((bits & (1 << i)) != 0) {
                    permissions.add(values[i]);
                }
            }
            all.add(permissions);
        }
        return all;
    }

    /// By its permissions.
    static String name(Set<Permission> permissions) {
        return "user" + new TreeSet<>(permissions);
    }

    void make() {
        var changes = new ArrayList<AdminChange>();
        for (Set<Permission> permissions : all()) {
            String name = name(permissions);
            changes.add(new AdminChange.PutUser(new UserSpec(name, CREDENTIAL, Set.of())));
            changes.add(new AdminChange.SetPermissions(
                    name,
                    "/",
                    new PermissionPatterns(
                            pattern(permissions, Permission.CONFIGURE),
                            pattern(permissions, Permission.WRITE),
                            pattern(permissions, Permission.READ))));
        }
        changes.add(new AdminChange.PutUser(new UserSpec("stranger", CREDENTIAL, Set.of("administrator"))));
        decide(changes);
    }

    private static String pattern(Set<Permission> permissions, Permission permission) {
        return permissions.contains(permission) ? THEIRS : "";
    }

    void decide(List<AdminChange> changes) {
        var done = new CompletableFuture<Done>();
        broker.administration().apply(new Actor(Principal.OWNER, "the test"), changes, Reply.to(done));
        try {
            done.get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}
