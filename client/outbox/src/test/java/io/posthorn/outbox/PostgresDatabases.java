package io.posthorn.outbox;

import static java.util.Objects.requireNonNull;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Databases on a real server, of Debian's package, that is started for the tests of one class.
final class PostgresDatabases implements BeforeAllCallback, AfterAllCallback {
    /// Null outside of the tests, and where no server is installed.
    private @Nullable PostgresServer server;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        server = PostgresServer.start();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (server != null) {
            server.stop();
        }
    }

    /// An empty one.
    DataSource make() throws SQLException {
        return requireNonNull(server).newDatabase();
    }
}
