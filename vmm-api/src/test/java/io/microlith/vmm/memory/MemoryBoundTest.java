// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.linux.HostMemory;
import io.microlith.vmm.error.ConfigException;
import org.junit.jupiter.api.Test;

class MemoryBoundTest {
    private static final long GIBIBYTE = 1L << 30;

    @Test
    void here_anyHost_isNoMoreThanItHas() {
        assertThat(MemoryBound.here().size().bytes()).isPositive().isLessThanOrEqualTo(HostMemory.total());
    }

    @Test
    void require_moreThanTheHost_isRefusedWithBothNumbers() {
        MemoryBound bound = MemoryBound.of(8 * GIBIBYTE, Long.MAX_VALUE);

        assertThatCode(() -> bound.require(Size.mebibytes(8 << 10), "")).doesNotThrowAnyException();
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> bound.require(Size.mebibytes(9 << 10), "give it less"))
                .withMessage("memory: 9 GiB is more than the 8 GiB that this host has: give it less");
    }

    @Test
    void require_moreThanTheControlGroup_isRefusedWithBothNumbers() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(
                        () -> MemoryBound.of(8 * GIBIBYTE, GIBIBYTE).require(Size.mebibytes(2 << 10), "give it less"))
                .withMessage("memory: 2 GiB is more than the 1 GiB that this process's control group may have:"
                        + " give it less");
    }
}
