package io.posthorn.remote;

import io.posthorn.events.LostConnectionContract;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The contract on a server. What waits for an answer that never comes cannot be interrupted.
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ServerLostConnectionTest extends LostConnectionContract {
    @RegisterExtension
    static final BrokerForContract BROKER = new BrokerForContract();

    @Override
    protected String uri() {
        return BROKER.uri();
    }
}
