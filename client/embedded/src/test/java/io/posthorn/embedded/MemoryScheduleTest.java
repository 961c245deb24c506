package io.posthorn.embedded;

import io.posthorn.events.ScheduleContract;

class MemoryScheduleTest extends ScheduleContract {
    @Override
    protected String uri() {
        return "mem:";
    }
}
