package io.posthorn.cron;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.posthorn.events.Cron;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;

/// Five fields as in crontab(5): minute, hour, day of month, month, day of week. Six fields begin with the second, as
/// in Spring.
public final class CronUtils implements Cron {
    private static final int FIELDS_OF_CRONTAB = 5;

    private final CronParser crontab = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
    private final CronParser withSeconds =
            new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.SPRING53));

    /// For the service loader.
    public CronUtils() {}

    @Override
    public Optional<Instant> next(String expression, ZoneId zone, Instant after) {
        String trimmed = expression.strip();
        CronParser parser = trimmed.split("\\s+").length == FIELDS_OF_CRONTAB ? crontab : withSeconds;
        return ExecutionTime.forCron(parser.parse(trimmed))
                .nextExecution(after.atZone(zone))
                .map(ZonedDateTime::toInstant);
    }
}
