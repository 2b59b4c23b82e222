// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What needs no right to administer networks; a tap of the kernel's is in the rig. */
class TapTest {
    private static final int READ = 2;
    private static final int WRITE = 1;

    @Test
    void requests_numbers_areTheHeaders() {
        assertThat(Tap.TUNSETIFF).isEqualTo(request(WRITE, 202));
        assertThat(Tap.TUNSETOFFLOAD).isEqualTo(request(WRITE, 208));
        assertThat(Tap.TUNGETIFF).isEqualTo(request(READ, 210));
        assertThat(Tap.TUNSETVNETHDRSZ).isEqualTo(request(WRITE, 216));
        assertThat(Tap.TUNSETQUEUE).isEqualTo(request(WRITE, 217));
    }

    /** {@code _IOC(direction, 'T', number, sizeof(int))} of uapi/asm-generic/ioctl.h. */
    private static long request(long direction, long number) {
        return direction << 30 | (long) Integer.BYTES << 16 | 'T' << 8 | number;
    }

    @Test
    void of_noTap_isRefusedAndClosed() {
        Fd fd = Fd.open(Path.of("/dev/null"), Fd.O_RDWR);
        assertThatThrownBy(() -> Tap.of(fd))
                .isInstanceOfSatisfying(
                        SystemCallException.class, e -> assertThat(e.call()).isEqualTo("TUNGETIFF"));
        assertThat(fd.isClosed()).isTrue();
    }
}
