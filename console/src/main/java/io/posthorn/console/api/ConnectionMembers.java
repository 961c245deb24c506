package io.posthorn.console.api;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.statistics.ConnectionFacts;
import io.posthorn.broker.statistics.ConnectionFacts.Encryption;
import io.posthorn.broker.statistics.ConnectionFacts.Peer;
import io.posthorn.broker.statistics.ConnectionStatistics;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.console.http.Fields;
import io.posthorn.console.http.Fields.Missing;
import io.posthorn.console.rates.Trend;
import io.posthorn.console.rates.Watched;
import io.posthorn.console.rates.Window;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What is said of connections, by RabbitMQ's names.
final class ConnectionMembers {
    private ConnectionMembers() {}

    /// @param trends how their octets have moved
    /// @param window which part of the past is wanted; null for none
    static Fields<ConnectionStatistics> fields(
            String node, Watched<ConnectionStatistics> trends, long now, @Nullable Window window) {
        var fields = new Fields<ConnectionStatistics>();
        identity(fields, node);
        facts(fields);
        encryption(fields);
        traffic(fields, each -> trends.trend(each, now), window);
        return fields;
    }

    private static void identity(Fields<ConnectionStatistics> fields, String node) {
        fields.with("name", ConnectionStatistics::name)
                .with("node", _ -> node)
                .with("vhost", ConnectionStatistics::virtualHost)
                .with("user", ConnectionStatistics::user)
                .with("user_who_performed_action", ConnectionStatistics::user)
                .with("user_provided_name", each -> providedName(each.report().facts()))
                .with("state", each -> each.report().state())
                .with("type", _ -> "network")
                .with("channels", each -> each.report().channels().size());
    }

    private static void facts(Fields<ConnectionStatistics> fields) {
        fields.with("protocol", fact(ConnectionFacts::protocol))
                .with("auth_mechanism", fact(ConnectionFacts::authMechanism))
                .with("client_properties", fact(facts -> ArgumentMembers.of(facts.clientProperties())))
                .with("connected_at", fact(ConnectionFacts::connectedAt))
                .with("timeout", fact(ConnectionFacts::heartbeatSeconds))
                .with("frame_max", fact(ConnectionFacts::frameMax))
                .with("channel_max", fact(ConnectionFacts::channelMax))
                .with("host", fact(facts -> facts.ends().host()))
                .with("port", fact(facts -> facts.ends().port()))
                .with("peer_host", fact(facts -> facts.ends().peerHost()))
                .with("peer_port", fact(facts -> facts.ends().peerPort()));
    }

    private static Function<ConnectionStatistics, @Nullable Object> fact(
            Function<ConnectionFacts, @Nullable Object> fact) {
        return each -> fact.apply(each.report().facts());
    }

    private static Object providedName(ConnectionFacts facts) {
        Arguments properties = facts.clientProperties();
        return properties.get("connection_name") instanceof String name ? name : Missing.MISSING;
    }

    private static void encryption(Fields<ConnectionStatistics> fields) {
        fields.with("ssl", fact(facts -> facts.encryption() != null))
                .with("ssl_protocol", encryption(Encryption::protocol))
                .with("ssl_cipher", encryption(Encryption::cipher))
                .with("ssl_key_exchange", _ -> null)
                .with("ssl_hash", _ -> null)
                .with("peer_cert_subject", peer(Peer::subject))
                .with("peer_cert_issuer", peer(Peer::issuer))
                .with("peer_cert_validity", peer(Peer::validity));
    }

    private static Function<ConnectionStatistics, @Nullable Object> encryption(
            Function<Encryption, @Nullable Object> fact) {
        return fact(facts -> facts.encryption() == null ? null : fact.apply(facts.encryption()));
    }

    private static Function<ConnectionStatistics, @Nullable Object> peer(Function<Peer, String> fact) {
        return encryption(encryption -> encryption.peer() == null ? null : fact.apply(encryption.peer()));
    }

    private static void traffic(
            Fields<ConnectionStatistics> fields, Function<ConnectionStatistics, Trend> trend, @Nullable Window window) {
        fields.with("recv_oct", count(Counted.OCTETS_IN))
                .with("recv_oct_details", each -> trend.apply(each).details("recv_oct", window))
                .with("recv_cnt", count(Counted.PACKETS_IN))
                .with("send_oct", count(Counted.OCTETS_OUT))
                .with("send_oct_details", each -> trend.apply(each).details("send_oct", window))
                .with("send_cnt", count(Counted.PACKETS_OUT))
                .with("send_pend", each -> each.report().unsentBytes() > 0 ? 1 : 0);
    }

    private static Function<ConnectionStatistics, @Nullable Object> count(Counted what) {
        return each -> each.report().counts().of(what);
    }
}
