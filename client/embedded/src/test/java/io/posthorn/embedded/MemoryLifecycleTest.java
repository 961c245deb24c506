package io.posthorn.embedded;

import io.posthorn.events.LifecycleContract;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class MemoryLifecycleTest extends LifecycleContract {
    @Override
    protected String uri() {
        return "mem:";
    }
}
