package io.posthorn.log;

import java.util.ArrayList;
import java.util.List;

/// Writes down what recovery gives to the state machines.
public final class EventRecorder implements Recovery {
    private final List<String> events = new ArrayList<>();

    @Override
    public void restore(int machine, Bytes chunk) {
        events.add("restore " + machine + " " + chunk.toUtf8());
    }

    @Override
    public void replay(int machine, Bytes event) {
        events.add("replay " + machine + " " + event.toUtf8());
    }

    public List<String> events() {
        return events;
    }
}
