package io.posthorn.embedded;

import io.posthorn.events.QueueContract;

class MemoryQueueTest extends QueueContract {
    @Override
    protected String uri() {
        return "mem:";
    }
}
