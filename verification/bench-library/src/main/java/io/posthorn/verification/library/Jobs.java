package io.posthorn.verification.library;

import java.util.function.Consumer;

/// A durable queue of jobs, with workers at work on it.
public interface Jobs extends AutoCloseable {
    int WORKERS = 8;

    /// Returns when the job is durable. Called by many threads at once.
    void enqueue(String job) throws Exception;

    @Override
    void close() throws Exception;

    /// Where jobs are kept.
    enum Kind {
        POSTHORN_FILES {
            @Override
            Jobs open(Consumer<String> work) throws Exception {
                return PosthornJobs.open(work);
            }
        },
        DB_SCHEDULER_H2 {
            @Override
            Jobs open(Consumer<String> work) throws Exception {
                return DatabaseJobs.onH2(work);
            }
        },
        DB_SCHEDULER_POSTGRESQL {
            @Override
            Jobs open(Consumer<String> work) throws Exception {
                return DatabaseJobs.onPostgres(work);
            }
        };

        abstract Jobs open(Consumer<String> work) throws Exception;
    }
}
