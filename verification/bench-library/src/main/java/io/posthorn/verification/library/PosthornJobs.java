package io.posthorn.verification.library;

import io.posthorn.events.Posthorn;
import io.posthorn.events.Queue;
import io.posthorn.events.WorkOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The library on files: every enqueue waits for an fdatasync.
record PosthornJobs(Path directory, Posthorn posthorn, Queue<String> queue) implements Jobs {
    static Jobs open(Consumer<String> work) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(System.getProperty("bench.directory", "/var/tmp")), "jobs");
        Posthorn posthorn = Posthorn.open(directory.resolve("data").toUri().toString());
        Queue<String> queue = posthorn.queue("jobs", String.class);
        queue.consume((job, _) -> work.accept(job), WorkOptions.oneAtATime().concurrency(WORKERS));
        return new PosthornJobs(directory, posthorn, queue);
    }

    @Override
    public void enqueue(String job) {
        queue.enqueue(job);
    }

    @Override
    public void close() throws Exception {
        posthorn.close();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
