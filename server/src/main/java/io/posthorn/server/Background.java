package io.posthorn.server;

import java.util.concurrent.Executor;

/// Runs what may wait, each task on a virtual thread of its own. Thread-safe.
///
/// Closed behind all that hands work to it, it waits for what still runs, and for what that hands over in turn:
/// whoever stops a broker may then delete its directory.
final class Background implements Executor, AutoCloseable {
    private int running;

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            running++;
        }
        Thread.ofVirtual().name("background").start(() -> {
            try {
                task.run();
            } finally {
                ended();
            }
        });
    }

    private synchronized void ended() {
        running--;
        if (running == 0) {
            notifyAll();
        }
    }

    @Override
    public synchronized void close() {
        try {
            while (running > 0) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever stops us wants it now
        }
    }
}
