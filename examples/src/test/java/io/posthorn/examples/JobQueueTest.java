package io.posthorn.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.events.Posthorn;
import io.posthorn.events.Send;
import io.posthorn.examples.JobQueue.Job;
import io.posthorn.testkit.OnEachBroker;
import io.posthorn.testkit.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// How an application tests its own handlers: in virtual time, on each kind of broker.
class JobQueueTest {
    private final List<String> done = new CopyOnWriteArrayList<>();

    @OnEachBroker
    void aDelayedJobIsDoneAnHourLater(TestBroker broker, Posthorn posthorn) {
        var jobs = JobQueue.open(posthorn);
        jobs.enqueue(new Job("reminder", 1), Send.delayed(Duration.ofHours(1)));
        JobQueue.work(jobs, Duration.ofSeconds(10), job -> done.add(job.name()));

        broker.advance(Duration.ofMinutes(59));
        assertThat(done).isEmpty();
        broker.advance(Duration.ofMinutes(1));
        assertThat(done).containsExactly("reminder");
    }

    @OnEachBroker
    void aJobThatNeverWorksIsGivenUpAfterHalfAMinute(TestBroker broker, Posthorn posthorn) {
        var jobs = JobQueue.open(posthorn);
        JobQueue.work(jobs, Duration.ofSeconds(10), job -> done.add(job.name()));
        jobs.enqueue(new Job("broken", -1));

        broker.advance(Duration.ofSeconds(29));
        var dead = posthorn.queue("jobs.dead", Job.class);
        assertThat(dead.length()).isZero();
        broker.advance(Duration.ofSeconds(1));
        assertThat(dead.length()).isEqualTo(1);
        assertThat(done).isEmpty();
    }

    @OnEachBroker
    void aJobIsDoneTwiceWhenItsAcknowledgementIsLost(TestBroker broker, Posthorn posthorn) {
        var jobs = JobQueue.open(posthorn);
        JobQueue.work(jobs, Duration.ofSeconds(10), job -> done.add(job.name()));
        broker.faults().loseAcks(1);
        jobs.enqueue(new Job("invoice", 1));

        broker.awaitIdle();
        assertThat(done).containsExactly("invoice", "invoice"); // so that it has to be idempotent
    }
}
