package io.posthorn.console.api;

import io.posthorn.broker.AuditLog;
import io.posthorn.broker.statistics.ConnectionStatistics;
import io.posthorn.console.api.ChannelMembers.NamedConsumer;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Fields;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import io.posthorn.console.rates.NamedChannel;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/// Who is connected: connections with their channels and consumers, and how one is ended.
final class ConnectionRoutes {
    private static final String REASON_HEADER = "X-Reason";
    private static final String USUAL_REASON = "Closed via management plugin";

    private final Observed observed;

    private ConnectionRoutes(Observed observed) {
        this.observed = observed;
    }

    static List<Route> routes(Observed observed) {
        var all = new ConnectionRoutes(observed);
        return List.of(
                Route.get("/api/connections", Access.MANAGEMENT, all::connections)
                        .says("All connections; who does not monitor sees their own."),
                Route.get("/api/connections/{name}", Access.MANAGEMENT, all::connection)
                        .says("One connection."),
                Route.delete("/api/connections/{name}", Access.MANAGEMENT, all::end)
                        .says("Ends a connection; its peer is told the reason in the header X-Reason."),
                Route.get("/api/connections/{name}/channels", Access.MANAGEMENT, all::channelsOfConnection)
                        .says("The channels of a connection."),
                Route.get("/api/connections/username/{user}", Access.MANAGEMENT, all::connectionsOfUser)
                        .says("The connections of a user, with few words."),
                Route.delete("/api/connections/username/{user}", Access.MANAGEMENT, all::endAllOfUser)
                        .says("Ends all connections of a user."),
                Route.get("/api/vhosts/{vhost}/connections", Access.MANAGEMENT, all::connectionsOfHost)
                        .says("The connections to a virtual host."),
                Route.get("/api/channels", Access.MANAGEMENT, all::channels).says("All channels."),
                Route.get("/api/channels/{name}", Access.MANAGEMENT, all::channel)
                        .says("One channel, with its consumers."),
                Route.get("/api/vhosts/{vhost}/channels", Access.MANAGEMENT, all::channelsOfHost)
                        .says("The channels to a virtual host."),
                Route.get("/api/consumers", Access.MANAGEMENT, all::consumers).says("All consumers."),
                Route.get("/api/consumers/{vhost}", Access.MANAGEMENT, all::consumersOfHost)
                        .says("The consumers in a virtual host."));
    }

    private Sight sight(Request request) {
        return Sight.of(request, observed.broker().administration().current());
    }

    private String node() {
        return observed.node().name();
    }

    // ---- Connections

    private Answer connections(Request request) throws TimeoutException {
        Sight sight = sight(request);
        return connections(request, each -> isTheirs(sight, each));
    }

    private static boolean isTheirs(Sight sight, ConnectionStatistics connection) {
        return sight.isMonitor() || connection.user().equals(sight.caller().user());
    }

    private Answer connectionsOfHost(Request request) throws TimeoutException {
        String host = request.segment("vhost");
        Sight sight = sight(request);
        sight.checkSees(host);
        return connections(request, each -> each.virtualHost().equals(host) && isTheirs(sight, each));
    }

    private Answer connections(Request request, Predicate<ConnectionStatistics> which) throws TimeoutException {
        var seen = observed.connections();
        return connectionFields(request, seen)
                .list(request, seen.all().stream().filter(which).toList());
    }

    private Fields<ConnectionStatistics> connectionFields(Request request, Observed.Seen<ConnectionStatistics> seen) {
        return ConnectionMembers.fields(
                node(), seen.trends(), observed.now(), RateMembers.window(request, "data_rates"));
    }

    private Answer connection(Request request) throws TimeoutException {
        var seen = observed.connections();
        return connectionFields(request, seen).one(request, named(request, seen.all()));
    }

    /// @throws HttpFailure when there is none, or it is another's
    private ConnectionStatistics named(Request request, List<ConnectionStatistics> all) {
        String name = request.segment("name");
        for (ConnectionStatistics each : all) {
            if (each.name().equals(name)) {
                sight(request).checkOwns(each.user());
                return each;
            }
        }
        throw HttpFailure.notFound();
    }

    private Answer connectionsOfUser(Request request) throws TimeoutException {
        String user = request.segment("user");
        sight(request).checkOwns(user);
        var fields = new Fields<ConnectionStatistics>()
                .with("name", ConnectionStatistics::name)
                .with("vhost", ConnectionStatistics::virtualHost)
                .with("user", ConnectionStatistics::user)
                .with("node", _ -> node());
        return fields.list(
                request,
                observed.connectionsOnly().stream()
                        .filter(each -> each.user().equals(user))
                        .toList());
    }

    private Answer end(Request request) throws TimeoutException {
        ConnectionStatistics connection = named(request, observed.connectionsOnly());
        sight(request).checkMayEnd(connection.user());
        observed.broker().endSessions(spec -> spec.name().equals(connection.name()), reason(request));
        note(request, "close connection '" + connection.name() + "' of user '" + connection.user() + "'");
        return Answer.noContent();
    }

    private Answer endAllOfUser(Request request) {
        String user = request.segment("user");
        sight(request).checkMayEnd(user);
        int ended =
                observed.broker().endSessions(spec -> spec.principal().user().equals(user), reason(request));
        note(request, "close all " + ended + " connections of user '" + user + "'");
        return Answer.noContent();
    }

    private void note(Request request, String what) {
        observed.broker().administration().note(request.caller(), what, AuditLog.Entry.OK);
    }

    private static String reason(Request request) {
        return request.header(REASON_HEADER).orElse(USUAL_REASON);
    }

    // ---- Channels

    private Answer channels(Request request) throws TimeoutException {
        Sight sight = sight(request);
        return channels(request, each -> isTheirs(sight, each.connection()));
    }

    private Answer channelsOfHost(Request request) throws TimeoutException {
        String host = request.segment("vhost");
        Sight sight = sight(request);
        sight.checkSees(host);
        return channels(
                request, each -> each.connection().virtualHost().equals(host) && isTheirs(sight, each.connection()));
    }

    private Answer channelsOfConnection(Request request) throws TimeoutException {
        String name = named(request, observed.connectionsOnly()).name();
        return channels(request, each -> each.connection().name().equals(name));
    }

    private Answer channels(Request request, Predicate<NamedChannel> which) throws TimeoutException {
        var seen = observed.channels();
        return channelFields(request, seen)
                .list(request, seen.all().stream().filter(which).toList());
    }

    private Fields<NamedChannel> channelFields(Request request, Observed.Seen<NamedChannel> seen) {
        return ChannelMembers.fields(node(), seen.trends(), observed.now(), RateMembers.window(request, "msg_rates"));
    }

    private Answer channel(Request request) throws TimeoutException {
        var seen = observed.channels();
        String name = request.segment("name");
        NamedChannel channel = seen.all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(HttpFailure::notFound);
        sight(request).checkOwns(channel.connection().user());
        return channelFields(request, seen)
                .with("consumer_details", each -> {
                    var fields = ChannelMembers.consumerFields(node());
                    return ChannelMembers.consumers(each).stream()
                            .map(fields::members)
                            .toList();
                })
                .one(request, channel);
    }

    // ---- Consumers

    private Answer consumers(Request request) throws TimeoutException {
        Sight sight = sight(request);
        return consumers(request, each -> sight.sees(each.connection().virtualHost()));
    }

    private Answer consumersOfHost(Request request) throws TimeoutException {
        String host = request.segment("vhost");
        Sight sight = sight(request);
        if (!sight.topology().hasVirtualHost(host)) {
            throw HttpFailure.notFound();
        }
        // Where the caller has no rights the list is empty, and not refused as others are: so it is in RabbitMQ.
        return consumers(
                request,
                each -> sight.sees(host) && each.connection().virtualHost().equals(host));
    }

    private Answer consumers(Request request, Predicate<NamedChannel> which) throws TimeoutException {
        List<NamedConsumer> all = NamedChannel.of(observed.connectionsOnly()).stream()
                .filter(which)
                .flatMap(channel -> ChannelMembers.consumers(channel).stream())
                .toList();
        return ChannelMembers.consumerFields(node()).list(request, all);
    }
}
