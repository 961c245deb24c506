package io.posthorn.examples;

import io.posthorn.events.Posthorn;
import io.posthorn.events.Queue;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.Retry;
import io.posthorn.events.Send;
import io.posthorn.events.WorkOptions;
import io.posthorn.events.Worker;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/// A job queue: urgent jobs first, some not before their time, each tried again when it fails, and what never
/// succeeds kept with the reason.
///
/// `JobQueue mem:` runs it in memory, `JobQueue file:./jobs` keeps the jobs, and
/// `JobQueue amqp://guest:guest@localhost` shares them with everybody at that server.
public final class JobQueue {
    record Job(String name, int seconds) {}

    private JobQueue() {}

    public static void main(String[] arguments) throws InterruptedException {
        try (var posthorn = Posthorn.open(arguments[0])) {
            Queue<Job> jobs = open(posthorn);
            jobs.enqueue(new Job("thumbnails", 2));
            jobs.enqueue(new Job("invoice", 1), Send.withPriority(9));
            jobs.enqueue(new Job("reminder", 1), Send.delayed(Duration.ofMillis(200)));
            jobs.enqueue(new Job("broken", -1));

            var done = new CountDownLatch(3);
            try (var _ = work(jobs, Duration.ofMillis(10), job -> {
                System.out.println("done: " + job.name());
                done.countDown();
            })) {
                done.await();
                var dead = posthorn.queue("jobs.dead", Job.class)
                        .dequeue(Duration.ofSeconds(10))
                        .orElseThrow();
                System.out.println("given up: " + dead.value().name() + ", because "
                        + dead.envelope().headers().get("x-error"));
                dead.ack();
            }
        }
    }

    static Queue<Job> open(Posthorn posthorn) {
        return posthorn.queue("jobs", Job.class, QueueOptions.priority(9));
    }

    /// @param patience before the second attempt at a job that failed
    static Worker work(Queue<Job> jobs, Duration patience, Consumer<Job> whenDone) {
        var options = WorkOptions.oneAtATime()
                .retry(Retry.exponential(patience).jitter(0).attempts(3));
        return jobs.consume(
                (job, _) -> {
                    if (job.seconds() < 0) {
                        throw new IllegalArgumentException("a job cannot take " + job.seconds() + " seconds");
                    }
                    whenDone.accept(job);
                },
                options);
    }
}
