package io.posthorn.verification.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/// Publishes at a fixed rate and tells how late messages and confirms are, counted from the time at which each
/// message was *due*: a publisher that is held up makes all that wait behind it late, and is not forgiven.
/// `name=value` arguments, see [LoadSpec].
public final class AmqpLatency {
    private static final int REMEMBERED = 1 << 18;

    private final LoadSpec spec;
    private final AtomicLongArray due = new AtomicLongArray(REMEMBERED);
    private final Histogram delivered = new Histogram(60_000_000L, 3);
    private final Histogram confirmed = new Histogram(60_000_000L, 3);
    private volatile boolean measuring;
    private volatile boolean stopped;

    private AmqpLatency(LoadSpec spec) {
        this.spec = spec;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        new AmqpLatency(LoadSpec.parse(arguments)).run();
    }

    private void run() throws IOException, InterruptedException {
        try (var publisher = Wire.open(spec.port());
                var consumer = Wire.open(spec.port())) {
            consumer.declare(spec.queue(), spec.queueType());
            if (spec.confirms()) {
                publisher.selectConfirms();
                reader("confirms", () -> readConfirms(publisher));
            }
            consumer.consume(spec.queue(), !spec.confirms(), spec.confirms() ? 1_000 : 0);
            reader("deliveries", () -> readDeliveries(consumer));
            publish(publisher, 1, (long) (spec.rate() * spec.warmUpSeconds()));
            measuring = true;
            var meter = new Meter(spec.serverPid());
            long count = (long) (spec.rate() * spec.seconds());
            publish(publisher, (long) (spec.rate() * spec.warmUpSeconds()) + 1, count);
            // The last ones are on their way.
            Thread.sleep(200);
            System.out.println(meter.report(count) + line("consumer", delivered) + line("confirm", confirmed));
            stopped = true;
        }
    }

    private static String line(String name, Histogram micros) {
        return String.format(
                Locale.ROOT,
                " %1$sCount=%2$d %1$sP50=%3$.3f %1$sP99=%4$.3f %1$sP999=%5$.3f",
                name,
                micros.getTotalCount(),
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getValueAtPercentile(99.9) / 1e3);
    }

    private void publish(Wire wire, long first, long count) throws IOException {
        var message = ByteBuffer.allocateDirect(spec.bodyBytes() + 1_024);
        int body = Frames.publish(message, spec.queue(), spec.confirms(), spec.bodyBytes());
        message.flip();
        long gap = 1_000_000_000L / spec.rate();
        long begin = System.nanoTime();
        for (long i = 0; i < count; i++) {
            long at = begin + i * gap;
            for (long wait = at - System.nanoTime(); wait > 0; wait = at - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            due.set(index(first + i), at);
            message.putLong(body, first + i);
            wire.send(message.rewind());
        }
    }

    private interface Reading {
        void run() throws IOException;
    }

    private void reader(String name, Reading reading) {
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                reading.run();
            } catch (IOException e) {
                if (!stopped) {
                    System.err.println(name + ": " + e);
                    Runtime.getRuntime().halt(1);
                }
            }
        });
    }

    private void readConfirms(Wire wire) throws IOException {
        long before = 0;
        while (true) {
            wire.fill();
            long now = System.nanoTime();
            while (wire.next()) {
                wire.refuseClose();
                if (wire.method() != Frames.ACK) {
                    continue;
                }
                long tag = wire.longAt(4);
                for (long i = wire.byteAt(12) != 0 ? before + 1 : tag; i <= tag; i++) {
                    record(confirmed, now, i);
                }
                before = Math.max(before, tag);
            }
        }
    }

    private void readDeliveries(Wire wire) throws IOException {
        var acks = ByteBuffer.allocateDirect(1 << 20);
        while (true) {
            wire.fill();
            long now = System.nanoTime();
            while (wire.next()) {
                if (wire.method() == Frames.DELIVER) {
                    Frames.ack(acks, wire.deliveryTag(), false);
                } else if (wire.isBody()) {
                    record(delivered, now, wire.longAt(0));
                } else {
                    wire.refuseClose();
                }
            }
            acks.flip();
            if (spec.confirms()) {
                wire.send(acks);
            }
            acks.clear();
        }
    }

    private void record(Histogram latency, long now, long sequence) {
        if (measuring) {
            latency.recordValue(Math.clamp((now - due.get(index(sequence))) / 1_000, 0, 60_000_000L));
        }
    }

    private static int index(long sequence) {
        return (int) sequence & (REMEMBERED - 1);
    }
}
