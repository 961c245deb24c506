package io.posthorn.outbox;

import java.sql.Connection;
import java.sql.Statement;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.postgresql.ds.PGSimpleDataSource;

/// On a real server, of Debian's package, that is started for these tests.
@Tag("postgres")
class PostgresOutboxTest extends OutboxContract {
    private static PostgresServer server;

    @BeforeAll
    static void start() throws Exception {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.stop();
        }
    }

    @Override
    DataSource database() throws Exception {
        var all = new PGSimpleDataSource();
        all.setUrl(server.url("postgres"));
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        try (Connection connection = all.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        var database = new PGSimpleDataSource();
        database.setUrl(server.url(name));
        return database;
    }
}
