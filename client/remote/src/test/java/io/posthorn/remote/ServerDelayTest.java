package io.posthorn.remote;

import io.posthorn.events.DelayContract;
import io.posthorn.events.spi.Link;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The contract on a server.
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ServerDelayTest extends DelayContract {
    @RegisterExtension
    static final BrokerForContract BROKER = new BrokerForContract();

    @Override
    protected Link link() {
        return new RemoteProvider().open(BROKER.amqp());
    }
}
