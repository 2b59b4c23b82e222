// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FdTest {
    private static final int PAIRS = 2_000;

    @Test
    void open_fileExists_ownsADescriptor() {
        try (Fd fd = Fd.open(Path.of("/dev/null"), Fd.O_RDWR)) {
            assertThat(Path.of("/proc/self/fd/" + fd.fd())).isSymbolicLink();
            assertThat(fd).hasToString("fd " + fd.fd());
        }
    }

    @Test
    void open_fileIsMissing_namesCallErrorAndPath() {
        assertThatThrownBy(() -> Fd.open(Path.of("/no/such/file"), Fd.O_RDONLY))
                .isInstanceOfSatisfying(SystemCallException.class, e -> {
                    assertThat(e.call()).isEqualTo("open");
                    assertThat(e.errno()).isEqualTo(Errno.ENOENT);
                })
                .hasMessage("open failed: ENOENT (2) [path=/no/such/file]");
    }

    @Test
    void open_always_closesOnExec() throws Exception {
        try (Fd fd = Fd.open(Path.of("/dev/null"), Fd.O_RDONLY)) {
            String flags = Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd.fd())).stream()
                    .filter(line -> line.startsWith("flags:"))
                    .findFirst()
                    .orElseThrow();
            assertThat(Long.parseLong(flags.replaceAll("\\D", ""), 8) & Fd.O_CLOEXEC)
                    .isNotZero();
        }
    }

    @Test
    void own_negativeNumber_isRefused() {
        assertThatThrownBy(() -> Fd.own(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ioctl_descriptorIsNoDevice_returnsNegativeErrno() {
        try (Fd fd = Fd.open(Path.of("/dev/null"), Fd.O_RDONLY)) {
            assertThat(fd.ioctl(0xAE00, 0)).isEqualTo(-Errno.ENOTTY);
        }
    }

    @Test
    void close_twice_closesOnce() {
        Fd first = Fd.open(Path.of("/dev/null"), Fd.O_RDONLY);
        first.close();
        try (Fd second = Fd.open(Path.of("/dev/null"), Fd.O_RDONLY)) {
            first.close();
            assertThat(second.ioctl(0xAE00, 0)).isEqualTo(-Errno.ENOTTY);
        }
    }

    @Test
    void close_done_callsFailWithBadDescriptor() {
        Fd fd = Fd.open(Path.of("/dev/null"), Fd.O_RDONLY);
        fd.close();
        assertThat(fd.isClosed()).isTrue();
        assertThat(fd.fd()).isEqualTo(-1);
        assertThat(fd.ioctl(0xAE00, 0)).isEqualTo(-Errno.EBADF);
    }

    /** A signaller that loses the race must not write into the file that got the number next. */
    @Test
    void close_whileOthersCall_noCallReachesTheNextFile() throws Exception {
        int strays = 0;
        for (int i = 0; i < PAIRS; i++) {
            EventFd victim = EventFd.create();
            Thread signaller = Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 20; n++) {
                    victim.signal();
                }
            });
            victim.close();
            try (EventFd next = EventFd.create()) {
                signaller.join();
                strays += next.drain() ? 1 : 0;
            }
        }
        assertThat(strays).isZero();
    }
}
