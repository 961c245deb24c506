package io.posthorn.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.posthorn.protocol.kafka.Loggers;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/// Logback's loggers, whose levels can be changed while they are used. Thread-safe.
public final class LiveLoggers implements Loggers {
    private final LoggerContext context;

    private LiveLoggers(LoggerContext context) {
        this.context = context;
    }

    /// Those of this process; none where it is a program of others that writes its lines otherwise.
    public static Loggers find() {
        ILoggerFactory loggers = LoggerFactory.getILoggerFactory();
        // Asked by its name: where lines are written otherwise, Logback's classes need not be there.
        return loggers.getClass().getName().equals("ch.qos.logback.classic.LoggerContext")
                ? new LiveLoggers((LoggerContext) loggers)
                : Loggers.NONE;
    }

    @Override
    public Map<String, String> levels() {
        Map<String, String> levels = new TreeMap<>();
        for (Logger logger : context.getLoggerList()) {
            levels.put(name(logger), logger.getEffectiveLevel().levelStr);
        }
        return levels;
    }

    @Override
    public Map<String, String> chosen() {
        Map<String, String> levels = new TreeMap<>();
        for (Logger logger : context.getLoggerList()) {
            if (logger.getLevel() != null) {
                levels.put(name(logger), logger.getLevel().levelStr);
            }
        }
        return levels;
    }

    private static String name(Logger logger) {
        return logger.getName().equals(org.slf4j.Logger.ROOT_LOGGER_NAME) ? ROOT : logger.getName();
    }

    @Override
    public void choose(String logger, @Nullable String level) {
        String name = logger.equals(ROOT) ? org.slf4j.Logger.ROOT_LOGGER_NAME : logger;
        // There is no level above that of errors.
        Level chosen = "FATAL".equals(level) ? Level.ERROR : level == null ? null : Level.toLevel(level);
        context.getLogger(name).setLevel(chosen);
    }
}
