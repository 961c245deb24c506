package io.posthorn.embedded;

import io.posthorn.events.BusContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileBusTest extends BusContract {
    @TempDir
    Path directory;

    @Override
    protected String uri() {
        return directory.toUri().toString();
    }
}
