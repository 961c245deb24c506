package io.posthorn.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.events.Posthorn;
import io.posthorn.events.RunningSource;
import io.posthorn.testkit.TestBroker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a source of rows promises, on whatever database.
abstract class JdbcSourceContract {
    record Seen(long number, String what) {}

    private final TestBroker broker = TestBroker.inMemory();
    private final Posthorn posthorn = broker.open();
    private final List<Long> seen = new CopyOnWriteArrayList<>();
    private final List<String> ids = new CopyOnWriteArrayList<>();
    private DataSource database;

    /// Of a database that is empty and there for this test.
    abstract DataSource database() throws Exception;

    @BeforeEach
    void open() throws Exception {
        database = database();
        execute("CREATE TABLE sightings (id BIGINT PRIMARY KEY, what VARCHAR(100))");
        posthorn.bus().subscribe(Seen.class, (event, context) -> {
            seen.add(event.number());
            ids.add(context.event().id());
        });
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private RunningSource start() {
        return posthorn.source("sightings", source("ORDER BY id"));
    }

    private JdbcSource source(String order) {
        return JdbcSource.of(
                database,
                "SELECT id, what FROM sightings WHERE id > ? " + order,
                row -> new Seen(row.getLong(1), row.getString(2)));
    }

    private void insert(long... numbers) throws SQLException {
        for (long number : numbers) {
            execute("INSERT INTO sightings VALUES (" + number + ", 'heron')");
        }
    }

    private void execute(String sql) throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void eachNewRowIsPublishedOnceAndInOrder() throws Exception {
        insert(1, 2);
        start();
        broker.advance(Duration.ofSeconds(1));
        insert(3);
        broker.advance(Duration.ofSeconds(5));

        assertThat(seen).containsExactly(1L, 2L, 3L);
        assertThat(ids).startsWith("sightings@1", "sightings@2");
    }

    @Test
    void theNextStartGoesOnWhereThisOneWas() throws Exception {
        insert(1, 2);
        var source = start();
        broker.advance(Duration.ofSeconds(1));
        source.close();
        insert(3);
        start();
        broker.advance(Duration.ofSeconds(1));

        assertThat(seen).containsExactly(1L, 2L, 3L);
    }

    @Test
    void ofTwoInstancesOneLooksAndTheOtherTakesOver() throws Exception {
        var first = start();
        broker.awaitIdle();
        start();
        insert(1);
        broker.advance(Duration.ofSeconds(2));
        first.close();
        insert(2);
        broker.advance(Duration.ofSeconds(2));

        assertThat(seen).containsExactly(1L, 2L);
    }

    @Test
    void aRowThatIsCommittedLateIsWaitedForAndOneThatNeverComesIsPassedOver() throws Exception {
        start();
        insert(1, 3);
        broker.advance(Duration.ofSeconds(5));
        assertThat(seen).containsExactly(1L);
        insert(2);
        broker.advance(Duration.ofSeconds(1));
        assertThat(seen).containsExactly(1L, 2L, 3L);

        insert(5);
        broker.advance(Duration.ofSeconds(9));
        assertThat(seen).hasSize(3);
        broker.advance(Duration.ofSeconds(20));
        assertThat(seen).containsExactly(1L, 2L, 3L, 5L);
    }

    @Test
    void whatCouldNotBePublishedIsPublishedLater() throws Exception {
        broker.faults().failPublishes(2);
        insert(1, 2);
        var source = start();
        broker.awaitIdle();
        assertThat(source.state()).isEqualTo(RunningSource.State.BACKING_OFF);
        broker.advance(Duration.ofMinutes(1));

        assertThat(seen).containsExactly(1L, 2L);
    }

    @Test
    void aStatementInTheWrongOrderSaysSo() throws Exception {
        insert(1, 2);
        var source = posthorn.source("sightings", source("ORDER BY id DESC"));
        broker.awaitIdle();

        assertThat(source.lastFailure().orElseThrow()).hasMessageContaining("ORDER BY");
        assertThat(seen).isEmpty();
    }
}
