package io.posthorn.broker;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;

/// Which alarms are on, told to every session. Thread-safe.
final class Alarms {
    private final Supplier<Collection<LocalSession>> sessions;
    private final Set<Alarm> measured = EnumSet.noneOf(Alarm.class);
    private final Set<Alarm> forced = EnumSet.noneOf(Alarm.class);
    private volatile Set<Alarm> on = Set.of();

    Alarms(Supplier<Collection<LocalSession>> sessions) {
        this.sessions = sessions;
    }

    Set<Alarm> on() {
        return on;
    }

    /// What is measured has passed its mark, or is back.
    void set(Alarm alarm, boolean isOn) {
        change(measured, alarm, isOn);
    }

    /// An operator wants the alarm, whatever is measured, or no longer does.
    void force(Alarm alarm, boolean isOn) {
        change(forced, alarm, isOn);
    }

    private void change(Set<Alarm> reasons, Alarm alarm, boolean isOn) {
        synchronized (this) {
            boolean changed = isOn ? reasons.add(alarm) : reasons.remove(alarm);
            Set<Alarm> next = EnumSet.copyOf(measured);
            next.addAll(forced);
            if (!changed || next.equals(on)) {
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
