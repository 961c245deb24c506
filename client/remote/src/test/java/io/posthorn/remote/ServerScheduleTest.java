package io.posthorn.remote;

import io.posthorn.events.ScheduleContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The contract on a server.
class ServerScheduleTest extends ScheduleContract {
    @RegisterExtension
    static final BrokerForContract BROKER = new BrokerForContract();

    @Override
    protected String uri() {
        return BROKER.uri();
    }
}
