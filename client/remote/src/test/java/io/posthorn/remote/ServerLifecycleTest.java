package io.posthorn.remote;

import io.posthorn.events.LifecycleContract;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The contract on a server.
@Timeout(120)
class ServerLifecycleTest extends LifecycleContract {
    @RegisterExtension
    static final BrokerForContract BROKER = new BrokerForContract();

    @Override
    protected String uri() {
        return BROKER.uri();
    }
}
