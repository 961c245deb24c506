package io.posthorn.outbox;

import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/// On a real server, of Debian's package, that is started for these tests.
@Tag("postgres")
class PostgresSourceTest extends JdbcSourceContract {
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
        return server.newDatabase();
    }
}
