package io.posthorn.verification.bench.load;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// When a broker that is starting answers its first AMQP client.
public final class Readiness {
    private Readiness() {}

    /// @param goesOn whether there is still something to wait for
    /// @return whether it answered
    public static boolean await(int port, Duration atMost, BooleanSupplier goesOn) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!Wire.answers(port)) {
            if (System.nanoTime() > deadline || !goesOn.getAsBoolean()) {
                return false;
            }
            Thread.sleep(2);
        }
        return true;
    }
}
