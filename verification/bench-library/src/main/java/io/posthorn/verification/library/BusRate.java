package io.posthorn.verification.library;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Events a second from one publisher to one handler; every one has been handled when it counts.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 4, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx1g", "-XX:+UseSerialGC"})
public class BusRate {
    private static final int EVENTS = 20_000;

    @Param({"JDK", "GUAVA", "VERTX", "POSTHORN"})
    public Buses kind;

    /// How many events the publisher hands over at once, where the bus can.
    @Param("200")
    public int batch;

    private final Handler handler = new Handler();
    private Bus.Event[] events;
    private Bus bus;

    @Setup
    public void open() {
        bus = kind.open(_ -> handler.handled());
        events = new Bus.Event[batch];
        for (int i = 0; i < batch; i++) {
            events[i] = new Bus.Event(i, "an order of three pounds of tea for the house at the corner");
        }
    }

    @TearDown
    public void close() throws Exception {
        bus.close();
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void events() throws Exception {
        handler.expect(EVENTS);
        for (int sent = 0; sent < EVENTS; sent += batch) {
            bus.publish(events);
        }
        handler.await();
    }
}
