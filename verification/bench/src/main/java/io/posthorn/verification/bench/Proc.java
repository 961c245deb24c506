package io.posthorn.verification.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What Linux says of a process, and of the machine, under `/proc`.
public final class Proc {
    /// `USER_HZ`, which Linux has fixed at 100 for everything that it shows in `/proc`.
    private static final double TICKS_PER_SECOND = 100.0;

    private static final int STAT_UTIME = 11;
    private static final int STAT_STIME = 12;
    private static final int CPU_IDLE = 4;
    private static final int CPU_IOWAIT = 5;
    private static final int CPU_STEAL = 8;

    private Proc() {}

    /// User and system time of all threads of a process since its start.
    public static double cpuSeconds(long pid) {
        // The name may hold spaces and parentheses; fields are counted from behind it.
        String stat = read(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[STAT_UTIME]) + Long.parseLong(fields[STAT_STIME])) / TICKS_PER_SECOND;
    }

    /// The most memory that was ever resident.
    public static double peakResidentMegabytes(long pid) {
        return statusMegabytes(pid, "VmHWM:");
    }

    public static double residentMegabytes(long pid) {
        return statusMegabytes(pid, "VmRSS:");
    }

    /// Starts the peak of [#peakResidentMegabytes] anew.
    public static void resetPeak(long pid) {
        try {
            Files.writeString(Path.of("/proc/" + pid + "/clear_refs"), "5");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What all processors together have worked since the machine's start. Time stolen by the host counts: for
    /// whoever measures, it is somebody else's.
    public static double busySeconds() {
        String[] cpu = read(Path.of("/proc/stat"))
                .lines()
                .findFirst()
                .orElseThrow()
                .trim()
                .split(" +", -1);
        long busy = 0;
        for (int i = 1; i <= CPU_STEAL; i++) {
            busy += i == CPU_IDLE || i == CPU_IOWAIT ? 0 : Long.parseLong(cpu[i]);
        }
        return busy / TICKS_PER_SECOND;
    }

    /// Bytes that this process has read from block devices.
    public static long deviceBytesRead() {
        return read(Path.of("/proc/self/io"))
                .lines()
                .filter(line -> line.startsWith("read_bytes:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring("read_bytes:".length()).trim()))
                .findFirst()
                .orElse(0);
    }

    private static double statusMegabytes(long pid, String field) {
        return read(Path.of("/proc/" + pid + "/status"))
                .lines()
                .filter(line -> line.startsWith(field))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0)
                .findFirst()
                .orElseThrow();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
