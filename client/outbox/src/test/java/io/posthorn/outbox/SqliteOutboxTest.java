package io.posthorn.outbox;

import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

class SqliteOutboxTest extends OutboxContract {
    @TempDir
    Path directory;

    /// One writer at a time: whoever comes second waits for it.
    @Override
    DataSource database() {
        var config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setBusyTimeout(30_000);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        var database = new SQLiteDataSource(config);
        database.setUrl("jdbc:sqlite:" + directory.resolve("test.db"));
        return database;
    }

    @Override
    boolean letsTwoWrite() {
        return false;
    }
}
