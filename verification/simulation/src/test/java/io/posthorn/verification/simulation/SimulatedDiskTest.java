package io.posthorn.verification.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.storage.file.DiskFile;
import io.posthorn.verification.simulation.SimulatedDisk.Death;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulatedDiskTest {
    private static final int WORLDS = 200;
    private static final int SIZE = 1024;

    private static SimulatedDisk disk(long seed) {
        return new SimulatedDisk(new Dice(seed), new Trace(false));
    }

    @Test
    void whatWasSyncedSurvivesEveryDeath() throws IOException {
        for (int seed = 0; seed < WORLDS; seed++) {
            var disk = disk(seed);
            write(disk.create("file"), "synced").sync();
            disk.syncDirectory();
            disk.die(seed % 2 == 0 ? Death.OF_POWER : Death.OF_THE_PROCESS);
            assertThat(content(disk, "file")).isEqualTo("synced");
        }
    }

    @Test
    void whatWasNotSyncedIsThereGoneOrTornAtAPowerCut() throws IOException {
        var outcomes = new HashSet<String>();
        for (int seed = 0; seed < WORLDS; seed++) {
            var disk = disk(seed);
            var file = write(disk.create("file"), "old");
            file.sync();
            disk.syncDirectory();
            write(file, "new");
            disk.die(Death.OF_POWER);
            outcomes.add(content(disk, "file"));
        }
        assertThat(outcomes).contains("old", "new").hasSizeGreaterThan(2);
    }

    @Test
    void theDeathOfTheProcessTakesNothingFromThePageCache() throws IOException {
        var disk = disk(1);
        write(disk.create("file"), "cached");
        disk.die(Death.OF_THE_PROCESS);
        assertThat(content(disk, "file")).isEqualTo("cached");
    }

    @Test
    void aFailedSyncLeavesPagesThatReadWellAndAreNotThereAfterThePowerCut() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int seed = 0; seed < WORLDS; seed++) {
            var disk = disk(seed);
            var file = write(disk.create("file"), "old");
            file.sync();
            disk.syncDirectory();
            write(file, "new");
            disk.failSync(1);
            assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
            assertThat(content(disk, "file")).isEqualTo("new");
            file.sync();
            disk.die(Death.OF_POWER);
            outcomes.add(content(disk, "file"));
        }
        assertThat(outcomes).contains("old");
    }

    @Test
    void aNameIsDurableOnlyOnceTheDirectoryIsSynced() throws IOException {
        Set<List<String>> outcomes = new HashSet<>();
        for (int seed = 0; seed < WORLDS; seed++) {
            var disk = disk(seed);
            write(disk.create("a"), "synced").sync();
            disk.syncDirectory();
            disk.rename("a", "b");
            disk.die(Death.OF_POWER);
            outcomes.add(disk.list());
        }
        assertThat(outcomes).containsExactlyInAnyOrder(List.of("a"), List.of("b"));
    }

    @Test
    void aDeadProcessDoesNothingMore() throws IOException {
        var disk = disk(1);
        var file = disk.create("file");
        disk.dieAfter(0);
        assertThatThrownBy(() -> write(file, "x")).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> disk.create("other")).isInstanceOf(SimulatedCrash.class);
        disk.die(Death.OF_THE_PROCESS);
        assertThatThrownBy(() -> write(file, "x")).isInstanceOf(SimulatedCrash.class);
        assertThat(disk.list()).containsExactly("file");
    }

    @Test
    void aFullDiskTakesNoMore() throws IOException {
        var disk = disk(1);
        disk.limit(1_500);
        var file = write(disk.create("file"), "x");
        assertThatThrownBy(() -> file.write(0, List.of(ByteBuffer.allocate(2_000))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No space left");
    }

    /// The text again and again, over two sectors.
    private static DiskFile write(DiskFile file, String text) throws IOException {
        file.write(0, List.of(ByteBuffer.wrap(filled(text).getBytes(StandardCharsets.ISO_8859_1))));
        return file;
    }

    private static String filled(String text) {
        return text.repeat(SIZE).substring(0, SIZE);
    }

    private static String content(SimulatedDisk disk, String name) throws IOException {
        try (var file = disk.open(name)) {
            byte[] bytes = new byte[(int) file.size()];
            file.read(0, ByteBuffer.wrap(bytes));
            String all = new String(bytes, StandardCharsets.ISO_8859_1);
            for (String text : List.of("old", "new", "synced", "cached")) {
                if (all.equals(filled(text))) {
                    return text;
                }
            }
            return "torn " + Integer.toHexString(all.hashCode());
        }
    }
}
