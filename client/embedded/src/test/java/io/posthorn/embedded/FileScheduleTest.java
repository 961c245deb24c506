package io.posthorn.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.events.Posthorn;
import io.posthorn.events.ScheduleContract;
import io.posthorn.events.Subscribe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileScheduleTest extends ScheduleContract {
    @TempDir
    Path directory;

    @Override
    protected String uri() {
        return directory.toUri().toString();
    }

    @Test
    void aScheduleGoesOnInTheNextProcess() throws Exception {
        String uri = directory.resolve("restarted").toUri().toString();
        BlockingQueue<Tick> ticks = new LinkedBlockingQueue<>();
        var wanted = Subscribe.to(Tick.class).durable("clock");
        try (var posthorn = Posthorn.open(uri)) {
            posthorn.bus().subscribe(wanted, (_, _) -> {}).close();
            posthorn.scheduler().every("kept", Duration.ofMillis(200), new Tick("kept"));
        }
        try (var posthorn = Posthorn.open(uri)) {
            assertThat(posthorn.scheduler().schedules()).isNotNull(); // takes part
            posthorn.bus().subscribe(wanted, (tick, _) -> ticks.add(tick));
            for (int i = 0; i < 3; i++) {
                assertThat(ticks.poll(30, TimeUnit.SECONDS)).isEqualTo(new Tick("kept"));
            }
        }
    }
}
