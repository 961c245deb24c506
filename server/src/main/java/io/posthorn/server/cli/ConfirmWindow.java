package io.posthorn.server.cli;

import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.TreeSet;

/// Lets so many publishes run ahead of their confirms, and counts those that fail. The publishing thread enters,
/// the connection's thread reports.
final class ConfirmWindow {
    private static final int WINDOW = 1_000;

    private final Channel channel;
    private final TreeSet<Long> open = new TreeSet<>();
    private long published;
    private long nacked;
    private long returned;

    private ConfirmWindow(Channel channel) {
        this.channel = channel;
    }

    static ConfirmWindow on(Channel channel) throws IOException {
        var window = new ConfirmWindow(channel);
        channel.confirmSelect();
        channel.addConfirmListener(window::acked, window::nacked);
        channel.addReturnListener(_ -> window.cameBack());
        channel.addShutdownListener(_ -> window.wake());
        return window;
    }

    /// Waits until there is room for one more.
    synchronized void enter() throws IOException, InterruptedException {
        await(WINDOW - 1);
        open.add(++published); // the channel's tags count from 1, too
    }

    synchronized void awaitAll() throws IOException, InterruptedException {
        await(0);
    }

    synchronized long published() {
        return published;
    }

    /// A returned message is confirmed too, but is in no queue.
    synchronized long refused() {
        return nacked + returned;
    }

    private void await(int most) throws IOException, InterruptedException {
        while (open.size() > most) {
            if (!channel.isOpen()) {
                throw new CommandFailure(
                        "the connection closed after %d of %d messages were confirmed; whether the other %d arrived is not known (%s)."
                                .formatted(
                                        published - open.size(),
                                        published,
                                        open.size(),
                                        channel.getCloseReason().getMessage()));
            }
            wait();
        }
    }

    private synchronized void acked(long tag, boolean multiple) {
        answered(tag, multiple);
    }

    private synchronized void nacked(long tag, boolean multiple) {
        nacked += answered(tag, multiple);
    }

    private synchronized void cameBack() {
        returned++;
    }

    private synchronized void wake() {
        notifyAll();
    }

    private int answered(long tag, boolean multiple) {
        var covered = multiple ? open.headSet(tag, true) : open.subSet(tag, true, tag, true);
        int count = covered.size();
        covered.clear();
        notifyAll();
        return count;
    }
}
