// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What needs no right to administer networks; a tap of the kernel's is in the rig. */
class TapTest {
    @Test
    void requests_numbers_areTheHeaders() {
        assertThat(Tap.TUNSETIFF).isEqualTo(request(IoctlNumber.WRITE, 202));
        assertThat(Tap.TUNSETOFFLOAD).isEqualTo(request(IoctlNumber.WRITE, 208));
        assertThat(Tap.TUNGETIFF).isEqualTo(request(IoctlNumber.READ, 210));
        assertThat(Tap.TUNSETVNETHDRSZ).isEqualTo(request(IoctlNumber.WRITE, 216));
        assertThat(Tap.TUNSETQUEUE).isEqualTo(request(IoctlNumber.WRITE, 217));
    }

    private static long request(long direction, long number) {
        return IoctlNumber.of(direction, 'T', number, Integer.BYTES);
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
