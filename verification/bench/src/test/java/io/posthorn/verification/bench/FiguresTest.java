package io.posthorn.verification.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void aMedianIsNotMovedByOneOutlier() {
        assertThat(Figures.median(List.of(3.0, 1_000.0, 2.0))).isEqualTo(3.0);
    }

    @Test
    void aMedianOfTwoLiesBetweenThem() {
        assertThat(Figures.median(List.of(1.0, 2.0))).isEqualTo(1.5);
    }

    @Test
    void threeDigitsAreShown() {
        assertThat(Figures.row(0.1234, 1.234, 12.34, 1_234_567.8, Double.NaN))
                .isEqualTo("| 0.123 | 1.23 | 12.3 | 1,234,568 | – |");
    }
}
