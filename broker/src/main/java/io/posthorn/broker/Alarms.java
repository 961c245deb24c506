package io.posthorn.broker;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;

/// Which alarms are on, told to every session. Thread-safe.
final class Alarms {
    private final Supplier<Collection<LocalSession>> sessions;
    private volatile Set<Alarm> on = Set.of();

    Alarms(Supplier<Collection<LocalSession>> sessions) {
        this.sessions = sessions;
    }

    Set<Alarm> on() {
        return on;
    }

    void set(Alarm alarm, boolean isOn) {
        synchronized (this) {
            Set<Alarm> next = EnumSet.noneOf(Alarm.class);
            next.addAll(on);
            boolean changed = isOn ? next.add(alarm) : next.remove(alarm);
            if (!changed) {
                return;
            }
            on = Set.copyOf(next);
        }
        sessions.get().forEach(this::tell);
    }

    /// Tells what is on when the session gets to hear it, so that the last word is the right one.
    void tell(LocalSession session) {
        session.spec().io().execute(() -> session.listener().alarms(on));
    }
}
