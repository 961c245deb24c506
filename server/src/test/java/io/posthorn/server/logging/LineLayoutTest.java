package io.posthorn.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.junit.jupiter.api.Test;

class LineLayoutTest {
    @Test
    void aClientCannotForgeALineOrMoveTheCursor() {
        String line = format("io.posthorn.protocol.amqp.AmqpConnection", "user 'x\n2026 INFO ok\u001b[2J\u202e'");

        assertThat(line).endsWith(" WARN  amqp: user 'x\\n2026 INFO ok\\u001b[2J\\u202e'\n");
        assertThat(line.lines()).hasSize(1);
    }

    @Test
    void aLineNamesTheRoomThatSpeaks() {
        assertThat(LineLayout.room("io.posthorn.storage.file.FileSegmentStore")).isEqualTo("file");
        assertThat(LineLayout.room("io.posthorn.log.JournaledStorage")).isEqualTo("log");
        assertThat(LineLayout.room("io.netty.channel.Channel")).isEqualTo("io.netty.channel.Channel");
    }

    private static String format(String logger, String text) {
        var context = new LoggerContext();
        return new LineLayout()
                .doLayout(new LoggingEvent("", context.getLogger(logger), Level.WARN, text, null, new Object[0]));
    }
}
