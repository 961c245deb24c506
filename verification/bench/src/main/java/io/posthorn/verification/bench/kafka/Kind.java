package io.posthorn.verification.bench.kafka;

import java.util.List;

/// What the cases of one table measure: the first column is what servers are compared by.
enum Kind {
    START("start, from the process to its first answer", false, -1, "first s", "again s", "idle RSS MB", "idle CPU %"),
    CLIENT("client alone, against a server that does nothing", true, -1, "records/s", "load CPU s/M"),
    PRODUCE("produce", true, 3, "records/s", "p50 ms", "p99 ms", "server CPU s/M", "load CPU s/M", "RSS MB"),
    CATCH_UP(
            "catch-up, 1 KiB",
            true,
            2,
            "MB/s fetching",
            "MB/s with joining the group",
            "server CPU s/GB",
            "load CPU s/GB",
            "RSS MB"),
    LATENCY(
            "end-to-end latency, 100 B, one at a time",
            false,
            3,
            "average ms",
            "p50, whole ms",
            "p99, whole ms",
            "server CPU s/M"),
    CREATE("1,000 partitions", false, -1, "created in s", "RSS MB"),
    MEMORY("after all that", false, -1, "RSS MB", "peak RSS MB");

    private final String title;
    private final boolean moreIsBetter;
    private final int cpuColumn;

    @SuppressWarnings("ImmutableEnumChecker") // a list of List.of
    private final List<String> columns;

    /// @param cpuColumn what the server's CPU time is in; -1 where it is not measured
    Kind(String title, boolean moreIsBetter, int cpuColumn, String... columns) {
        this.title = title;
        this.moreIsBetter = moreIsBetter;
        this.cpuColumn = cpuColumn;
        this.columns = List.of(columns);
    }

    String title() {
        return title;
    }

    List<String> columns() {
        return columns;
    }

    boolean hasCpu() {
        return cpuColumn >= 0;
    }

    /// How many times as good, by the first column: above 1 is better, whatever it counts.
    double timesAsGood(double[] figures, double[] other) {
        return moreIsBetter ? figures[0] / other[0] : other[0] / figures[0];
    }

    double cpuRatio(double[] figures, double[] other) {
        return figures[cpuColumn] / other[cpuColumn];
    }
}
