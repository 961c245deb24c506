package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ManyLogsTest {
    private static final int MANY = 100_000;

    @Test
    void aHundredThousandLogsAreCheapAndSurvive() {
        var world = new World(StorageOptions.inMemory());
        JournaledStorage storage = world.open();
        for (int i = 1; i <= MANY; i++) {
            storage.open(new LogId(i)).append(Batches.of("a"), i % 1_000 == 0);
        }
        for (int i = 2; i <= MANY; i++) {
            storage.open(new LogId(i)).trimBefore(1);
        }
        storage.close();

        storage = world.open();

        assertThat(storage.open(new LogId(MANY)).bounds()).isEqualTo(new LogBounds(1, 1));
        assertThat(Batches.readAll(storage.open(new LogId(1)), 0)).containsExactly("0=a");
        assertThat(world.store.openHandles()).isLessThan(200);
    }
}
