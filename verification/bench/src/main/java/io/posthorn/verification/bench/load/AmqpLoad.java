package io.posthorn.verification.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One publisher and one consumer on one thread, as fast as the window allows. `name=value` arguments, see
/// [LoadSpec]; prints one line of `name=value` results.
public final class AmqpLoad {
    private static final int PIECE = 2_000;

    private final LoadSpec spec;
    private final Selector selector;
    private final @Nullable Publishing publishing;
    private final @Nullable Consuming consuming;

    private AmqpLoad(LoadSpec spec) throws IOException {
        this.spec = spec;
        selector = Selector.open();
        try (var wire = Wire.open(spec.port())) {
            wire.declare(spec.queue(), spec.queueType());
        }
        consuming = spec.consume() ? new Consuming() : null;
        publishing = spec.publish() ? new Publishing() : null;
    }

    public static void main(String[] arguments) throws IOException {
        new AmqpLoad(LoadSpec.parse(arguments)).run();
    }

    private void run() throws IOException {
        long warmUpEnd = System.nanoTime() + (long) (spec.warmUpSeconds() * 1e9);
        while (System.nanoTime() < warmUpEnd) {
            pass();
        }
        long before = passed();
        var meter = new Meter(spec.serverPid());
        if (spec.count() > 0) {
            double first = rateUntil(before + spec.count() / 10);
            rateUntil(spec.count() - spec.count() / 10);
            double last = rateUntil(spec.count());
            System.out.println(meter.report(passed() - before)
                    + String.format(Locale.ROOT, " firstTenth=%.0f lastTenth=%.0f", first, last));
        } else {
            while (meter.seconds() < spec.seconds()) {
                pass();
            }
            System.out.println(meter.report(passed() - before));
        }
    }

    private double rateUntil(long count) throws IOException {
        long before = passed();
        long begin = System.nanoTime();
        while (passed() < count) {
            pass();
        }
        return (passed() - before) * 1e9 / (System.nanoTime() - begin);
    }

    /// What counts: messages consumed where there is a consumer, otherwise messages confirmed.
    private long passed() {
        return consuming != null ? consuming.received : publishing != null ? publishing.confirmed() : 0;
    }

    private void pass() throws IOException {
        boolean sent = publishing != null && publishing.publish();
        if (sent) {
            selector.selectNow();
        } else {
            selector.select(100);
        }
        for (SelectionKey key : selector.selectedKeys()) {
            ((Connection) key.attachment()).onReady();
        }
        selector.selectedKeys().clear();
    }

    private interface Connection {
        void onReady() throws IOException;
    }

    /// The publishing connection: the same messages, encoded once, sent over and over.
    private final class Publishing implements Connection {
        private final Wire wire = Wire.open(spec.port());
        private final SocketChannel socket;
        private final SelectionKey key;
        private final ByteBuffer messages;
        private final int messageBytes;
        private final boolean[] confirmedAlone = new boolean[1 << 17];
        private long published;
        private long lowest = 1;
        private long aheadOfLowest;

        Publishing() throws IOException {
            if (spec.confirms()) {
                wire.selectConfirms();
            }
            var one = ByteBuffer.allocate(spec.bodyBytes() + 1_024);
            Frames.publish(one, spec.queue(), spec.confirms(), spec.bodyBytes());
            messageBytes = one.flip().limit();
            messages = ByteBuffer.allocateDirect(messageBytes * PIECE);
            while (messages.hasRemaining()) {
                messages.put(one.rewind());
            }
            messages.limit(0);
            socket = wire.nonBlocking();
            key = socket.register(selector, SelectionKey.OP_READ, this);
        }

        long confirmed() {
            return lowest - 1 + aheadOfLowest;
        }

        /// @return whether there may be room for more at once
        boolean publish() throws IOException {
            if (!messages.hasRemaining()) {
                long outstanding =
                        published - (spec.confirms() || consuming == null ? confirmed() : consuming.received);
                long left = spec.count() > 0 ? spec.count() - published : Long.MAX_VALUE;
                int more = (int) Math.min(Math.min(spec.window() - outstanding, PIECE), left);
                if (more <= 0) {
                    return false;
                }
                messages.position(0).limit(more * messageBytes);
                published += more;
            }
            socket.write(messages);
            key.interestOps(SelectionKey.OP_READ | (messages.hasRemaining() ? SelectionKey.OP_WRITE : 0));
            return !messages.hasRemaining();
        }

        @Override
        public void onReady() throws IOException {
            if (!key.isReadable()) {
                return;
            }
            wire.fill();
            while (wire.next()) {
                if (wire.method() == Frames.ACK) {
                    confirm(wire.longAt(4), wire.byteAt(12) != 0);
                } else {
                    wire.refuseClose();
                }
            }
        }

        private void confirm(long tag, boolean multiple) {
            if (multiple) {
                while (lowest <= tag) {
                    advance();
                }
            } else if (tag != lowest) {
                confirmedAlone[index(tag)] = true;
                aheadOfLowest++;
                return;
            } else {
                advance();
            }
            while (confirmedAlone[index(lowest)]) {
                advance();
            }
        }

        private void advance() {
            if (confirmedAlone[index(lowest)]) {
                confirmedAlone[index(lowest)] = false;
                aheadOfLowest--;
            }
            lowest++;
        }

        private int index(long tag) {
            return (int) tag & (confirmedAlone.length - 1);
        }
    }

    /// The consuming connection: counts, and acknowledges once a socket read.
    private final class Consuming implements Connection {
        private final Wire wire = Wire.open(spec.port());
        private final SocketChannel socket;
        private final ByteBuffer acks = ByteBuffer.allocateDirect(1 << 21);
        private final SelectionKey key;
        private long received;

        Consuming() throws IOException {
            wire.consume(spec.queue(), !spec.confirms(), spec.confirms() ? Math.clamp(spec.window(), 200, 65_535) : 0);
            socket = wire.nonBlocking();
            key = socket.register(selector, SelectionKey.OP_READ, this);
            // The first deliveries may have come with the answer to consume, and nothing may follow them.
            takeWhatHasArrived();
        }

        @Override
        public void onReady() throws IOException {
            if (key.isReadable()) {
                wire.fill();
            }
            takeWhatHasArrived();
        }

        private void takeWhatHasArrived() throws IOException {
            long last = 0;
            while (wire.next()) {
                if (wire.method() == Frames.DELIVER) {
                    last = wire.deliveryTag();
                    if (spec.confirms() && spec.ackEach()) {
                        Frames.ack(acks, last, false);
                    }
                } else if (wire.isBody()) {
                    received++;
                } else {
                    wire.refuseClose();
                }
            }
            if (last > 0 && spec.confirms() && !spec.ackEach()) {
                Frames.ack(acks, last, true);
            }
            socket.write(acks.flip());
            acks.compact();
            key.interestOps(SelectionKey.OP_READ | (acks.position() > 0 ? SelectionKey.OP_WRITE : 0));
        }
    }
}
