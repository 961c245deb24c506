package io.posthorn.server;

import io.posthorn.broker.LocalBroker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// Has the broker look at the room on its disk once a second. Others fill the disk too, and nothing below keeps time.
/// On a thread of its own, since a disk in trouble may hold it up.
final class SpaceWatch implements AutoCloseable {
    private static final Logger LOG = System.getLogger(SpaceWatch.class.getName());

    private final LocalBroker broker;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().daemon().name("space-watch").unstarted(task));
    private final ScheduledFuture<?> looks;

    SpaceWatch(LocalBroker broker) {
        this.broker = broker;
        this.looks = timer.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
    }

    /// Asking for the status is looking: the storage reviews its room, and raises or ends its alarm.
    private void look() {
        try {
            LOG.log(Level.TRACE, broker.status());
        } catch (RuntimeException failure) {
            LOG.log(Level.WARNING, "the room on the disk could not be looked at", failure);
        }
    }

    @Override
    public void close() {
        looks.cancel(false);
        timer.close();
    }
}
