package io.posthorn.protocol.kafka.metadata;

import io.posthorn.protocol.kafka.ClientConnection;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.KafkaSettings.Address;
import java.net.InetSocketAddress;
import java.util.Optional;

/// Where clients are told to come back to: where they have come, unless somebody has said that that is a
/// detour.
public record NodeAddress(KafkaSettings settings) {
    public Address of(ClientConnection connection) {
        Optional<Address> chosen = connection.isEncrypted() ? settings.advertisedEncrypted() : settings.advertised();
        return chosen.orElseGet(() -> {
            InetSocketAddress here = connection.localAddress();
            return new Address(here.getAddress().getHostAddress(), here.getPort());
        });
    }
}
