package io.posthorn.verification.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What lives in a JVM after a full collection, and which descriptors its process has.
///
/// @param instances by the name of their class
/// @param heap bytes of everything that lives
record JvmCensus(Map<String, Long> instances, long heap, long descriptors) {
    static JvmCensus of(long pid) throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var builder = new ProcessBuilder(List.of(jcmd, Long.toString(pid), "GC.class_histogram"));
        Map<String, Long> instances = new HashMap<>();
        long heap = 0;
        try (ChildProcess process = ChildProcess.start("jcmd", builder)) {
            for (String line : process.awaitSuccess(Duration.ofSeconds(60))) {
                String[] words = line.strip().split("\\s+");
                if (words.length > 3 && words[0].matches("\\d+:")) {
                    instances.merge(words[3], Long.parseLong(words[1]), Long::sum);
                } else if (words[0].equals("Total")) {
                    heap = Long.parseLong(words[2]);
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
