package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecordCursorTest {
    @Test
    void everyRecordIsReachedFromEveryOther() {
        var builder = new BatchBuilder();
        for (int i = 0; i < 40; i++) {
            builder.add(i, null, Bytes.utf8("x".repeat(3 * i)), List.of());
        }
        RecordCursor cursor = builder.build().records();
        var random = new SplittableRandom(1);
        for (int i = 0; i < 1_000; i++) {
            int index = random.nextInt(40);
            assertThat(cursor.moveTo(index)).isTrue();
            assertThat(cursor.offset()).isEqualTo(index);
            assertThat(cursor.value()).isEqualTo(Bytes.utf8("x".repeat(3 * index)));
        }
        assertThat(cursor.moveTo(40)).isFalse();
    }
}
