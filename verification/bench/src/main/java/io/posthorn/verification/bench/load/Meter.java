package io.posthorn.verification.bench.load;

import io.posthorn.verification.bench.Proc;
import java.util.Locale;

/// Time and CPU used since it was made: by the server, by this process, and by everybody else on the machine.
final class Meter {
    private final long serverPid;
    private final long begin = System.nanoTime();
    private final double busy = Proc.busySeconds();
    private final double own = Proc.cpuSeconds(ProcessHandle.current().pid());
    private final double server;

    Meter(long serverPid) {
        this.serverPid = serverPid;
        server = Proc.cpuSeconds(serverPid);
    }

    double seconds() {
        return (System.nanoTime() - begin) / 1e9;
    }

    /// The part of a result line that every load prints.
    String report(long messages) {
        double seconds = seconds();
        double ownCpu = Proc.cpuSeconds(ProcessHandle.current().pid()) - own;
        double serverCpu = Proc.cpuSeconds(serverPid) - server;
        double others = Math.max(0, (Proc.busySeconds() - busy - ownCpu - serverCpu) / seconds);
        double million = messages / 1e6;
        return String.format(
                Locale.ROOT,
                "seconds=%.3f messages=%d rate=%.1f serverCpu=%.3f loadCpu=%.3f others=%.3f",
                seconds,
                messages,
                messages / seconds,
                serverCpu / million,
                ownCpu / million,
                others);
    }
}
