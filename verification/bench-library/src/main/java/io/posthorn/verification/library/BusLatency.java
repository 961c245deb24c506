package io.posthorn.verification.library;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// From before an event is published until its handler was called and the publisher knows it: one at a time, with
/// nothing else going on. The way back, a thread woken, is in all of them.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 4, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx1g", "-XX:+UseSerialGC"})
public class BusLatency {
    @Param({"JDK", "GUAVA", "VERTX", "POSTHORN"})
    public Buses kind;

    private final Bus.Event event = new Bus.Event(1, "an order of three pounds of tea for the house at the corner");
    private final Handler handler = new Handler();
    private Bus bus;

    @Setup
    public void open() {
        bus = kind.open(_ -> handler.handled());
    }

    @TearDown
    public void close() throws Exception {
        bus.close();
    }

    @Benchmark
    public void handOff() throws Exception {
        handler.expect(1);
        bus.publish(event);
        handler.await();
    }
}
