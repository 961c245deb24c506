package io.posthorn.verification.library;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;

/// db-scheduler, as its documentation says for throughput: immediate execution, a short polling interval, and on
/// PostgreSQL lock-and-fetch.
record DatabaseJobs(HikariDataSource database, Scheduler scheduler, OneTimeTask<String> task) implements Jobs {
    /// H2 in a file, with the durability it has by default.
    static Jobs onH2(Consumer<String> work) throws Exception {
        var database = new HikariDataSource();
        String directory = System.getProperty("bench.directory", "/var/tmp");
        database.setJdbcUrl("jdbc:h2:file:" + Path.of(directory).resolve("h2-" + UUID.randomUUID()));
        return open(database, work, false);
    }

    /// A server that runs already: `-Dbench.postgres=jdbc:postgresql://…`.
    static Jobs onPostgres(Consumer<String> work) throws Exception {
        var database = new HikariDataSource();
        database.setJdbcUrl(System.getProperty("bench.postgres", "jdbc:postgresql://localhost/postgres"));
        return open(database, work, true);
    }

    private static Jobs open(HikariDataSource database, Consumer<String> work, boolean isPostgres) throws Exception {
        database.setMaximumPoolSize(2 * WORKERS + 4);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS scheduled_tasks");
            statement.execute("CREATE TABLE scheduled_tasks (task_name VARCHAR(100) NOT NULL,"
                    + " task_instance VARCHAR(100) NOT NULL, task_data %s, execution_time TIMESTAMP WITH TIME ZONE NOT NULL,"
                            .formatted(isPostgres ? "BYTEA" : "BLOB")
                    + " picked BOOLEAN NOT NULL, picked_by VARCHAR(50), last_success TIMESTAMP WITH TIME ZONE,"
                    + " last_failure TIMESTAMP WITH TIME ZONE, consecutive_failures INT,"
                    + " last_heartbeat TIMESTAMP WITH TIME ZONE, version BIGINT NOT NULL, priority SMALLINT,"
                    + " PRIMARY KEY (task_name, task_instance))");
            statement.execute("CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time)");
        }
        OneTimeTask<String> task =
                Tasks.oneTime("job", String.class).execute((instance, _) -> work.accept(instance.getData()));
        var builder = Scheduler.create(database, task)
                .threads(WORKERS)
                .pollingInterval(Duration.ofMillis(50))
                .enableImmediateExecution();
        Scheduler scheduler = (isPostgres ? builder.pollUsingLockAndFetch(0.5, 4.0) : builder).build();
        scheduler.start();
        return new DatabaseJobs(database, scheduler, task);
    }

    @Override
    public void enqueue(String job) {
        scheduler.schedule(task.instance(UUID.randomUUID().toString(), job), Instant.now());
    }

    @Override
    public void close() {
        scheduler.stop();
        database.close();
    }
}
