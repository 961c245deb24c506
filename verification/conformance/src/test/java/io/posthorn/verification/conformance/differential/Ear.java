package io.posthorn.verification.conformance.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// All that was heard since the last act, on whatever connection. Its monitor guards the connections too.
final class Ear {
    private final List<Heard> heard = new ArrayList<>();

    synchronized void hear(Heard what) {
        heard.add(what);
        notifyAll();
    }

    synchronized List<Heard> heard() {
        return List.copyOf(heard);
    }

    synchronized List<Heard> take() {
        List<Heard> taken = List.copyOf(heard);
        heard.clear();
        return taken;
    }

    /// Waits for a condition on what was heard. @return whether it came true in time
    synchronized boolean await(BooleanSupplier condition, long patienceMillis) throws InterruptedException {
        long deadline = System.nanoTime() + patienceMillis * 1_000_000;
        while (!condition.getAsBoolean()) {
            long millis = (deadline - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        return true;
    }

    /// Waits until nothing has been heard for so long.
    synchronized void awaitQuiet(long quietMillis) throws InterruptedException {
        int before;
        do {
            before = heard.size();
            int seen = before;
            await(() -> heard.size() > seen, quietMillis);
        } while (heard.size() > before);
    }
}
