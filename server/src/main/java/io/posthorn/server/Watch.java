package io.posthorn.server;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// Looks at something now and then that others change too: the room on a disk, a certificate's file. On a thread of its
/// own, since a disk in trouble may hold it up.
final class Watch implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Watch.class.getName());

    private final String name;
    private final Runnable look;
    private final ScheduledExecutorService timer;
    private final ScheduledFuture<?> looks;

    Watch(String name, Duration period, Runnable look) {
        this.name = name;
        this.look = look;
        this.timer = Executors.newSingleThreadScheduledExecutor(
                task -> Thread.ofPlatform().daemon().name(name).unstarted(task));
        this.looks = timer.scheduleWithFixedDelay(
                this::lookOnce, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void lookOnce() {
        try {
            look.run();
        } catch (RuntimeException failure) {
            LOG.log(Level.WARNING, name + " could not look", failure);
        }
    }

    @Override
    public void close() {
        looks.cancel(false);
        timer.close();
    }
}
