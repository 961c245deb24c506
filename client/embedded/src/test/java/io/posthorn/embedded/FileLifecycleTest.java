package io.posthorn.embedded;

import io.posthorn.events.LifecycleContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FileLifecycleTest extends LifecycleContract {
    @TempDir
    Path directory;

    @Override
    protected String uri() {
        return directory.toUri().toString();
    }
}
