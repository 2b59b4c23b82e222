// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Messages are one line, and what a program needs is in fields. */
class ErrorTextTest {
    private final Throwable cause = new IllegalArgumentException("cause");

    @Test
    void config_settingAndProblem_areTheMessage() {
        ConfigException e = new ConfigException("memory", "0 B is too little: give at least 4 KiB", cause);
        assertThat(e)
                .hasMessage("memory: 0 B is too little: give at least 4 KiB")
                .hasCause(cause);
        assertThat(e.setting()).isEqualTo("memory");
        assertThat(new ConfigException("vcpus", "bad")).hasMessage("vcpus: bad").hasNoCause();
    }

    @Test
    void memoryAccess_negativeLength_isReadable() {
        MemoryAccessException e = new MemoryAccessException(0x1_0000_0000L, 16);
        assertThat(e).hasMessage("no guest memory [gpa=0x100000000 length=0x10]");
        assertThat(e.gpa()).isEqualTo(0x1_0000_0000L);
        assertThat(e.length()).isEqualTo(16);
    }

    @Test
    void invalidState_hostileValue_isCutAndOneLine() {
        InvalidStateException e =
                new InvalidStateException("SerialState.fifo", "a\nb\u001b[2J" + "x".repeat(1000), "no");
        assertThat(e.getMessage())
                .startsWith("invalid state [SerialState.fifo=a?b?[2Jxxx")
                .endsWith("x…]: no")
                .hasSizeLessThan(120);
        assertThat(e.field()).isEqualTo("SerialState.fifo");
        assertThat(new InvalidStateException("A.b", 300, "is at most 255"))
                .hasMessage("invalid state [A.b=300]: is at most 255");
    }

    @Test
    void device_idAndProblem_areTheMessage() {
        DeviceException e = new DeviceException("blk0", "the image is gone", cause);
        assertThat(e).hasMessage("blk0: the image is gone").hasCause(cause);
        assertThat(e.device()).isEqualTo("blk0");
    }

    @Test
    void hypervisor_message_isPassedOn() {
        assertThat(new HypervisorException("what", cause)).hasMessage("what").hasCause(cause);
        assertThat(new HypervisorException("what")).isInstanceOf(VmmException.class);
    }
}
