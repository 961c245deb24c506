package io.posthorn.verification.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What lives in a JVM after a full collection, and which descriptors its process has.
///
/// @param instances by the name of their class
/// @param heap bytes of everything that lives
record JvmCensus(Map<String, Long> instances, long heap, long descriptors) {
    private static final Pattern SPACE = Pattern.compile("\\s+");

    static JvmCensus of(long pid) throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var builder = new ProcessBuilder(List.of(jcmd, Long.toString(pid), "GC.class_histogram"));
        Map<String, Long> instances = new HashMap<>();
        long heap = 0;
        try (ChildProcess process = ChildProcess.start("jcmd", builder)) {
            for (String line : process.awaitSuccess(Duration.ofSeconds(60))) {
                List<String> words = SPACE.splitAsStream(line.strip()).toList();
                if (words.size() > 3 && words.getFirst().matches("\\d+:")) {
                    instances.merge(words.get(3), Long.parseLong(words.get(1)), Long::sum);
                } else if (words.getFirst().equals("Total")) {
                    heap = Long.parseLong(words.get(2));
                }
            }
        }
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return new JvmCensus(instances, heap, open.count());
        }
    }

    long count(String className) {
        return instances.getOrDefault(className, 0L);
    }
}
