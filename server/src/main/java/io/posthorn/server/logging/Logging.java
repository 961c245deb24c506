package io.posthorn.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Locale;

/// Sets Logback up in code, which is done in a few milliseconds; its XML takes as long as the rest of a
/// start. It has
/// no rank, being the only one there is: to read that annotation takes as long again.
///
/// The variable `POSTHORN_LOG` names the level: `error`, `warn`, `info` (if unset), `debug`, `trace`.
public final class Logging extends ContextAwareBase implements Configurator {
    public static final String LEVEL_VARIABLE = "POSTHORN_LOG";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        var layout = new LineLayout();
        layout.setContext(context);
        layout.start();
        var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
        encoder.setContext(context);
        encoder.setCharset(java.nio.charset.StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        context.getLogger("io.posthorn").setLevel(level());
        // Kafka's classes speak for a whole cluster, of configurations and metrics that are none here.
        context.getLogger("org.apache.kafka").setLevel(Level.ERROR);
        // The client of our own commands logs each failure that it throws as well.
        context.getLogger("com.rabbitmq.client").setLevel(Level.OFF);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static Level level() {
        String asked = System.getenv(LEVEL_VARIABLE);
        return Level.toLevel(asked == null ? "" : asked.toUpperCase(Locale.ROOT), Level.INFO);
    }
}
