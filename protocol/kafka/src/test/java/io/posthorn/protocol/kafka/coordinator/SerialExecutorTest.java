package io.posthorn.protocol.kafka.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {
    @Test
    void aTaskThatFailsTakesNoOtherWithIt() throws InterruptedException {
        var executor = new SerialExecutor("a test");
        var done = new CountDownLatch(2);
        executor.execute(() -> {
            throw new IllegalStateException("meant to fail");
        });
        executor.execute(done::countDown);
        executor.execute(() -> {
            throw new LinkageError("meant to fail");
        });
        executor.execute(done::countDown);
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }
}
