package io.posthorn.verification.library;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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

/// Jobs a second, enqueued durably one by one by eight threads and worked on by eight workers; every one is done
/// when it counts.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 3, time = 3)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx1g", "-XX:+UseSerialGC"})
public class JobRate {
    private static final int THREADS = 8;
    private static final int OF_EACH = 100;

    @Param({"POSTHORN_FILES", "DB_SCHEDULER_H2", "DB_SCHEDULER_POSTGRESQL"})
    public Jobs.Kind kind;

    private final Handler handler = new Handler();
    private final ExecutorService publishers = Executors.newFixedThreadPool(THREADS);
    private Jobs jobs;

    @Setup
    public void open() throws Exception {
        jobs = kind.open(_ -> handler.handled());
    }

    @TearDown
    public void close() throws Exception {
        jobs.close();
        publishers.close();
    }

    @Benchmark
    @OperationsPerInvocation(THREADS * OF_EACH)
    public void jobs() throws Exception {
        handler.expect(THREADS * OF_EACH);
        for (int thread = 0; thread < THREADS; thread++) {
            publishers.execute(this::enqueue);
        }
        handler.await();
    }

    private void enqueue() {
        try {
            for (int i = 0; i < OF_EACH; i++) {
                jobs.enqueue("an invoice for three pounds of tea");
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
