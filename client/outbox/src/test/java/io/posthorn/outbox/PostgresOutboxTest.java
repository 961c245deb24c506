package io.posthorn.outbox;

import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("postgres")
class PostgresOutboxTest extends OutboxContract {
    @RegisterExtension
    private static final PostgresDatabases DATABASES = new PostgresDatabases();

    @Override
    DataSource database() throws Exception {
        return DATABASES.make();
    }
}
