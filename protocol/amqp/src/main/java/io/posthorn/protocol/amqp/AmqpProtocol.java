package io.posthorn.protocol.amqp;

import io.netty.channel.ChannelHandler;
import io.posthorn.broker.Broker;
import io.posthorn.transport.Connection;
import io.posthorn.transport.Protocol;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/// AMQP 0-9-1 behind a listener.
///
/// @param blocking where passwords are checked: virtual threads
public record AmqpProtocol(Broker broker, AmqpSettings settings, Executor blocking, InstantSource clock)
        implements Protocol {
    @Override
    public String name() {
        return "amqp";
    }

    @Override
    public ChannelHandler serve(Connection connection) {
        return new AmqpConnection(this, connection);
    }
}
