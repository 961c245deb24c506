package io.posthorn.verification.simulation;

import io.posthorn.storage.file.Disk;
import io.posthorn.storage.file.DiskFile;
import java.io.IOException;
import java.util.function.Predicate;

/// Files that are not as safe as they say.
final class MeddledDisk {
    private MeddledDisk() {}

    /// Files whose sync does nothing.
    static final class Unsynced extends ForwardingDisk {
        private final Predicate<String> which;

        Unsynced(Disk disk, Predicate<String> which) {
            super(disk);
            this.which = which;
        }

        @Override
        DiskFile opened(String name, DiskFile opened) {
            return new ForwardingFile(opened) {
                @Override
                public void sync() throws IOException {
                    if (!which.test(name)) {
                        file.sync();
                    }
                }
            };
        }
    }

    /// A file whose first sync does nothing, and the following ones only what was written since.
    static final class LateSync extends ForwardingDisk.ForwardingFile {
        private int syncs;

        LateSync(DiskFile file) {
            super(file);
        }

        @Override
        public void sync() throws IOException {
            if (++syncs > 3) {
                file.sync();
            }
        }
    }
}
