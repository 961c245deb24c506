package io.posthorn.embedded;

import io.posthorn.events.LifecycleContract;

class MemoryLifecycleTest extends LifecycleContract {
    @Override
    protected String uri() {
        return "mem:";
    }
}
