package io.posthorn.verification.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcTest {
    private final long self = ProcessHandle.current().pid();

    @Test
    void aProcessHasUsedNoMoreThanTheMachine() {
        double own = Proc.cpuSeconds(self);

        assertThat(own).isPositive().isLessThanOrEqualTo(Proc.busySeconds());
    }

    @Test
    void aPeakIsNoLessThanWhatIsResident() {
        assertThat(Proc.peakResidentMegabytes(self)).isGreaterThanOrEqualTo(Proc.residentMegabytes(self) * 0.9);
    }
}
