package io.posthorn.transport;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Notices silence in both directions of a connection, by looking at two flags twice an interval: traffic
/// itself costs a store, not a look at the clock. Confined to the connection's loop.
public final class IdleWatch {
    /// Looks in a row that find nothing read, until the peer counts as gone: two whole intervals.
    private static final int SILENT_LOOKS = 4;

    private final ReadGate readGate;
    private final Runnable onNothingWritten;
    private final Runnable onPeerGone;
    private boolean read;
    private boolean written;
    private int silentLooks;
    private java.util.concurrent.@Nullable ScheduledFuture<?> looks;

    /// @param readGate while it is closed, the peer's silence is ours: we do not listen
    /// @param onNothingWritten nothing was written for half an interval: time for a heartbeat
    /// @param onPeerGone nothing was read for two intervals
    public IdleWatch(ReadGate readGate, Runnable onNothingWritten, Runnable onPeerGone) {
        this.readGate = readGate;
        this.onNothingWritten = onNothingWritten;
        this.onPeerGone = onPeerGone;
    }

    public void start(EventLoop loop, Duration interval) {
        stop();
        long period = Math.max(1, interval.toMillis() / 2);
        looks = loop.scheduleAtFixedRate(this::look, period, period, TimeUnit.MILLISECONDS);
    }

    public void stop() {
        if (looks != null) {
            looks.cancel(false);
            looks = null;
        }
    }

    public void onRead() {
        read = true;
    }

    public void onWrite() {
        written = true;
    }

    private void look() {
        silentLooks = read || !readGate.isOpen() ? 0 : silentLooks + 1;
        read = false;
        if (!written) {
            onNothingWritten.run();
        }
        written = false;
        if (silentLooks >= SILENT_LOOKS) {
            stop();
            onPeerGone.run();
        }
    }
}
