// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call that is made again and again, early and late. */
class IoctlCallTest {
    /** {@code FIONREAD}: how much there is to read; asm-generic/ioctls.h. */
    private static final int FIONREAD = 0x541b;

    private static final int MEANINGLESS = 0x1234_5678;

    private static IoctlCall after(int calls, Fd fd, long request, MemorySegment argument) {
        IoctlCall call = new IoctlCall(fd, request, argument.address());
        for (int i = 0; i < calls; i++) {
            var _ = call.invoke();
        }
        return call;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, IoctlCall.MANY, IoctlCall.MANY + 1})
    void invoke_itSucceeds_answersAndHasItsEffect(int callsBefore) {
        try (Arena arena = Arena.ofConfined();
                Fd file = Fd.open(Path.of("/proc/self/exe"), Fd.O_RDONLY)) {
            MemorySegment answer = arena.allocate(Integer.BYTES, Integer.BYTES);
            IoctlCall call = after(callsBefore, file, FIONREAD, answer);
            answer.fill((byte) 0);

            assertThat(call.invoke()).isZero();

            assertThat(answer.get(ValueLayout.JAVA_INT, 0)).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, IoctlCall.MANY, IoctlCall.MANY + 1})
    void invoke_itFails_tellsTheError(int callsBefore) {
        try (Fd file = Fd.open(Path.of("/proc/self/exe"), Fd.O_RDONLY)) {
            IoctlCall call = after(callsBefore, file, MEANINGLESS, MemorySegment.NULL);

            assertThat(call.invoke()).isEqualTo(-Errno.ENOTTY);
        }
    }
}
