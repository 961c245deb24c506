package io.posthorn.storage.file;

import java.io.IOException;
import java.util.LinkedHashMap;

/// The files open for reading: those in use, and the ones used last. Thread-safe.
final class Handles {
    private final Disk disk;
    private final int limit;
    private final LinkedHashMap<String, Handle> open = new LinkedHashMap<>(16, 0.75f, true);

    Handles(Disk disk, int limit) {
        this.disk = disk;
        this.limit = limit;
    }

    private static final class Handle {
        final DiskFile file;
        int users;

        Handle(DiskFile file) {
            this.file = file;
        }
    }

    /// What is done with an open file.
    interface Use<T> {
        T with(DiskFile file) throws IOException;
    }

    <T> T use(String name, Use<T> use) throws IOException {
        Handle handle = acquire(name);
        try {
            return use.with(handle.file);
        } finally {
            release(handle);
        }
    }

    private synchronized Handle acquire(String name) throws IOException {
        Handle handle = open.get(name);
        if (handle == null) {
            handle = new Handle(disk.open(name));
            open.put(name, handle);
        }
        handle.users++;
        closeIdleBeyond(limit);
        return handle;
    }

    private synchronized void release(Handle handle) throws IOException {
        handle.users--;
        closeIdleBeyond(limit);
    }

    private void closeIdleBeyond(int most) throws IOException {
        if (open.size() <= most) {
            return;
        }
        var eldest = open.values().iterator();
        while (open.size() > most && eldest.hasNext()) {
            Handle handle = eldest.next();
            if (handle.users == 0) {
                eldest.remove();
                handle.file.close();
            }
        }
    }

    /// Closes this file; nobody uses it.
    synchronized void forget(String name) throws IOException {
        Handle handle = open.remove(name);
        if (handle != null) {
            handle.file.close();
        }
    }

    synchronized int count() {
        return open.size();
    }

    synchronized void closeAll() throws IOException {
        closeIdleBeyond(0);
    }
}
