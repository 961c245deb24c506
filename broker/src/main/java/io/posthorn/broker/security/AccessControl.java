package io.posthorn.broker.security;

import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.pattern.NamePattern;
import io.posthorn.broker.topic.TopicDefaults;
import io.posthorn.broker.topology.Topology;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The one door that every use of anything goes through. What nobody has allowed is refused. Thread-safe.
public final class AccessControl {
    private static final int MOST_COMPILED = 10_000;

    private final Supplier<Topology> topology;
    private final Map<String, NamePattern> compiled = new ConcurrentHashMap<>();

    /// @param topology what was decided, as it is now
    public AccessControl(Supplier<Topology> topology) {
        this.topology = topology;
    }

    /// What a user hears who may not use a virtual host at all.
    public static AccessRefused refusal(Principal user, String virtualHost) {
        return new AccessRefused("access to vhost '%s' refused for user '%s'".formatted(virtualHost, user.user()));
    }

    public boolean mayOpen(Principal user, String virtualHost) {
        return user.isOwner() || topology.get().permissions(user.user(), virtualHost) != null;
    }

    /// What a user may do with the resources of one virtual host, now and after every change. The answer is one
    /// thread's.
    public ResourceRights rights(Principal user, String virtualHost) {
        return new ResourceRights(this, topology, user, virtualHost);
    }

    /// @throws AccessRefused when the one who asks may not make this change
    public void checkAdministration(Actor actor, AdminChange change) {
        switch (change) {
            case AdminChange.PutPolicy(Policy policy) -> checkPolicy(actor, policy.kind(), policy.virtualHost());
            case AdminChange.DeletePolicy(Policy.Kind kind, String host, String _) -> checkPolicy(actor, kind, host);
            case AdminChange.PutParameter put ->
                checkParameter(
                        actor, put.parameter().virtualHost(), put.parameter().component());
            case AdminChange.DeleteParameter delete -> checkParameter(actor, delete.virtualHost(), delete.component());
            case AdminChange.PutVirtualHost _,
                    AdminChange.DeleteVirtualHost _,
                    AdminChange.PutUser _,
                    AdminChange.DeleteUser _,
                    AdminChange.SetPermissions _,
                    AdminChange.ClearPermissions _,
                    AdminChange.SetTopicPermissions _,
                    AdminChange.ClearTopicPermissions _,
                    AdminChange.SetVirtualHostLimit _,
                    AdminChange.ClearVirtualHostLimit _,
                    AdminChange.SetUserLimit _,
                    AdminChange.ClearUserLimit _,
                    AdminChange.DeclareExchange _,
                    AdminChange.DeclareQueue _,
                    AdminChange.Bind _ -> checkAdministrator(actor);
        }
    }

    private void checkPolicy(Actor actor, Policy.Kind kind, String virtualHost) {
        switch (kind) {
            case OPERATOR -> checkAdministrator(actor);
            case USER -> checkPolicymaker(actor, virtualHost);
        }
    }

    /// What is said of the broker itself is the administrators', whichever door it comes through.
    private void checkParameter(Actor actor, @Nullable String virtualHost, String component) {
        if (virtualHost == null || TopicDefaults.isSaidBy(component)) {
            checkAdministrator(actor);
        } else {
            checkPolicymaker(actor, virtualHost);
        }
    }

    private static void checkAdministrator(Actor actor) {
        if (!Tags.isAdministrator(actor.principal())) {
            throw new AccessRefused("Not administrator user");
        }
    }

    /// An administrator needs no access to the host, as in RabbitMQ.
    private void checkPolicymaker(Actor actor, String virtualHost) {
        Principal who = actor.principal();
        if (!Tags.mayMakePolicies(who) || !(Tags.isAdministrator(who) || mayOpen(who, virtualHost))) {
            throw new AccessRefused("User not authorised to access object");
        }
    }

    /// Many users have the same patterns, and all sessions of a user.
    NamePattern pattern(String text) {
        if (compiled.size() > MOST_COMPILED) {
            compiled.clear();
        }
        return compiled.computeIfAbsent(text, NamePattern::of);
    }
}
