package io.posthorn.broker.security;

import io.posthorn.broker.Principal;

/// What a user is to the operators' side of the broker, by RabbitMQ's tags: each of these includes what it says of
/// itself there. Permissions in virtual hosts are another matter.
public final class Tags {
    public static final String ADMINISTRATOR = "administrator";
    public static final String MONITORING = "monitoring";
    public static final String POLICYMAKER = "policymaker";
    public static final String MANAGEMENT = "management";

    private Tags() {}

    public static boolean isAdministrator(Principal who) {
        return who.isOwner() || who.tags().contains(ADMINISTRATOR);
    }

    /// May see what is going on in every virtual host.
    public static boolean mayMonitor(Principal who) {
        return isAdministrator(who) || who.tags().contains(MONITORING);
    }

    /// May make policies and parameters in the virtual hosts they have access to.
    public static boolean mayMakePolicies(Principal who) {
        return isAdministrator(who) || who.tags().contains(POLICYMAKER);
    }

    /// May ask the management API at all.
    public static boolean mayManage(Principal who) {
        return mayMonitor(who) || mayMakePolicies(who) || who.tags().contains(MANAGEMENT);
    }
}
