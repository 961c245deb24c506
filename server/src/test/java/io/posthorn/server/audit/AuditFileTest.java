package io.posthorn.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.AuditLog.Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditFileTest {
    private static final Instant TIME = Instant.parse("2026-11-21T14:02:11Z");

    @TempDir
    Path directory;

    @Test
    void whatWasRecordedIsInTheFile() throws Exception {
        Path file = directory.resolve("audit.log");

        try (var audit = AuditFile.open(file, 1_000, () -> TIME)) {
            audit.record(new Entry("alice", "127.0.0.1:5000", "declare queue 'q' in vhost '/'", "ok"));
        }

        assertThat(file)
                .hasContent("time=2026-11-21T14:02:11.000Z result=\"ok\" who=\"alice\" from=\"127.0.0.1:5000\""
                        + " what=\"declare queue 'q' in vhost '/'\"\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void aNameCannotForgeALine() throws Exception {
        Path file = directory.resolve("audit.log");

        try (var audit = AuditFile.open(file, 1_000, () -> TIME)) {
            audit.record(new Entry("a\"b\\c\r\ntime=x\u2028\u202e\u001b[2J", "x", "y", "ok"));
        }

        assertThat(Files.readString(file))
                .contains("who=\"a\\\"b\\\\c\\u000d\\u000atime=x\\u2028\\u202e\\u001b[2J\"")
                .hasLineCount(1);
    }

    @Test
    void aValueIsNoLongerThanWhatIsRead() throws Exception {
        Path file = directory.resolve("audit.log");

        try (var audit = AuditFile.open(file, 100_000, () -> TIME)) {
            audit.record(new Entry("a".repeat(50_000), "x", "y", "ok"));
        }

        assertThat(Files.readString(file)).contains("a...\"").hasSizeLessThan(1_200);
    }

    @Test
    void aLargeFileIsFollowedByAnotherAndOldOnesGo() throws Exception {
        Path file = directory.resolve("audit.log");

        try (var audit = AuditFile.open(file, 300, () -> TIME)) {
            for (int i = 0; i < 50; i++) {
                audit.record(new Entry("alice", "127.0.0.1:5000", "number " + i, "ok"));
            }
        }

        assertThat(directory.toFile().listFiles())
                .hasSize(10)
                .allSatisfy(each -> assertThat(each.length()).isLessThanOrEqualTo(300));
        assertThat(Files.readString(file)).contains("number 49");
        assertThat(Files.readString(directory.resolve("audit.log.1"))).contains("number 47");
    }

    @Test
    void aStartGoesOnWithTheFile() throws Exception {
        Path file = directory.resolve("audit.log");
        for (String what : new String[] {"first", "second"}) {
            try (var audit = AuditFile.open(file, 1_000, () -> TIME)) {
                audit.record(new Entry("alice", "x", what, "ok"));
            }
        }

        assertThat(file).content().contains("first", "second").hasLineCount(2);
    }
}
