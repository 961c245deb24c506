package io.posthorn.protocol.kafka.group;

import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.Timer;
import org.apache.kafka.server.util.timer.TimerTask;

/// Kafka's timing wheels, turned by a thread that wakes when something is due, and not five times a second to see
/// whether anything is.
final class CoordinatorTimer implements Timer {
    private static final String NAME = "kafka-groups-timer";

    private final SystemTimer wheels = new SystemTimer(NAME);
    private final Thread turner = Thread.ofPlatform().name(NAME).daemon().start(this::turn);

    private void turn() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                // An earlier task that comes meanwhile ends the wait.
                wheels.advanceClock(Long.MAX_VALUE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    @Override
    public void add(TimerTask task) {
        wheels.add(task);
    }

    @Override
    public boolean advanceClock(long timeoutMillis) {
        throw new UnsupportedOperationException("time goes by itself");
    }

    @Override
    public int size() {
        return wheels.size();
    }

    @Override
    public void close() {
        turner.interrupt();
        wheels.close();
    }
}
