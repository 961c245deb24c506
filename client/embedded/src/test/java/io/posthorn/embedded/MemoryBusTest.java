package io.posthorn.embedded;

import io.posthorn.events.BusContract;

class MemoryBusTest extends BusContract {
    @Override
    protected String uri() {
        return "mem:";
    }
}
