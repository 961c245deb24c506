package io.posthorn.console.definitions;

import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.AdminChange.DeleteUser;
import io.posthorn.broker.admin.AdminChange.DeleteVirtualHost;
import io.posthorn.broker.admin.AdminChange.PutParameter;
import io.posthorn.broker.admin.AdminChange.PutUser;
import io.posthorn.broker.admin.AdminChange.PutVirtualHost;
import io.posthorn.broker.admin.AdminChange.SetPermissions;
import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.broker.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// An administrator that somebody chose beforehand, instead of the guest that everybody knows. Made once; what becomes
/// of that user later is the operators' business.
public final class FirstUser {
    static final String PARAMETER = "first_user_made";

    private static final String GUEST = "guest";
    private static final String DEFAULT_HOST = "/";

    private FirstUser() {}

    /// Whether nobody has been here yet.
    public static boolean isWanted(Topology topology) {
        return Set.of(GUEST).containsAll(topology.users().keySet())
                && topology.globalParameters().stream()
                        .noneMatch(parameter -> parameter.name().equals(PARAMETER));
    }

    /// The user, with all rights in a virtual host, which is there then. As in RabbitMQ, guest and the host `/` are
    /// only there where they are the ones.
    public static List<AdminChange> changes(Topology topology, String name, Credential credential, String host) {
        var changes = new ArrayList<AdminChange>();
        if (!topology.hasVirtualHost(host)) {
            changes.add(new PutVirtualHost(VirtualHostSpec.named(host)));
        }
        changes.add(new PutUser(new UserSpec(name, credential, Set.of("administrator"))));
        changes.add(new SetPermissions(name, host, PermissionPatterns.EVERYTHING));
        changes.add(new PutParameter(new Parameter(null, "", PARAMETER, "true")));
        if (!name.equals(GUEST) && topology.user(GUEST) != null) {
            changes.add(new DeleteUser(GUEST));
        }
        if (!host.equals(DEFAULT_HOST) && isUnused(topology, DEFAULT_HOST)) {
            changes.add(new DeleteVirtualHost(DEFAULT_HOST));
        }
        return changes;
    }

    private static boolean isUnused(Topology topology, String host) {
        return topology.hasVirtualHost(host)
                && topology.virtualHost(host).queues().isEmpty()
                && topology.virtualHost(host).exchangeSpecs().stream()
                        .allMatch(exchange ->
                                exchange.name().isEmpty() || exchange.name().startsWith("amq."));
    }
}
