// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.abort;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Pages that are put where they are missing, and those who wait for them. */
class UserFaultFdTest {
    private static final int PAGE = 4096;
    private static final int PAGES = 8;
    private static final int READ_WRITE = IoctlNumber.READ | IoctlNumber.WRITE;

    @Test
    void requests_numbers_areTheHeaders() {
        assertThat(UserFaultFd.USERFAULTFD_IOC_NEW).isEqualTo(request(IoctlNumber.NONE, 0, 0));
        assertThat(UserFaultFd.UFFDIO_API).isEqualTo(request(READ_WRITE, 0x3f, 3 * Long.BYTES));
        assertThat(UserFaultFd.UFFDIO_REGISTER).isEqualTo(request(READ_WRITE, 0, 4 * Long.BYTES));
        assertThat(UserFaultFd.UFFDIO_UNREGISTER).isEqualTo(request(IoctlNumber.READ, 1, 2 * Long.BYTES));
        assertThat(UserFaultFd.UFFDIO_COPY).isEqualTo(request(READ_WRITE, 3, 5 * Long.BYTES));
        assertThat(UserFaultFd.UFFDIO_ZEROPAGE).isEqualTo(request(READ_WRITE, 4, 4 * Long.BYTES));
    }

    private static long request(long direction, long number, long size) {
        return IoctlNumber.of(direction, 0xaa, number, size);
    }

    private static UserFaultFd open() {
        try {
            return UserFaultFd.open();
        } catch (SystemCallException e) {
            System.err.println("SKIPPED UserFaultFdTest: " + e.getMessage());
            return abort(e.getMessage());
        }
    }

    private static MemorySegment pages(Arena arena, int count, int value) {
        MemorySegment pages = arena.allocate((long) count * PAGE, PAGE);
        pages.fill((byte) value);
        return pages;
    }

    /** Has the kernel read a page, as a device's system call does. */
    private static CompletableFuture<Byte> touch(MemorySegment memory, long offset) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (MemFd file = MemFd.create("touched", PAGE)) {
                        IoVector vector = new IoVector(1);
                        var _ = vector.add(memory.address() + offset, PAGE);
                        assertThat(PosixIo.pwritev(file, vector, 0)).isEqualTo(PAGE);
                        try (Arena arena = Arena.ofConfined()) {
                            MemorySegment read = arena.allocate(PAGE);
                            assertThat(PosixIo.read(file, read, 0)).isEqualTo(PAGE);
                            return read.get(JAVA_BYTE, 7);
                        }
                    }
                },
                task -> Thread.ofPlatform().daemon().start(task));
    }

    private static long await(UserFaultFd faults) {
        try (Epoll epoll = Epoll.create()) {
            epoll.add(faults, 0);
            assertThat(epoll.await(10_000)).isEqualTo(1);
            assertThat(faults.read()).isEqualTo(1);
            return faults.address(0);
        }
    }

    @Test
    void touch_missingPage_waitsUntilItIsThere() throws Exception {
        try (UserFaultFd faults = open();
                Arena arena = Arena.ofShared()) {
            MemorySegment memory = Mapping.anonymous(PAGES * PAGE, PAGE, arena);
            faults.register(memory);
            CompletableFuture<Byte> first = touch(memory, PAGE);
            assertThat(await(faults)).isEqualTo(memory.address() + PAGE);
            assertThat(first).isNotDone();
            UserFaultFd.Filler filler = faults.new Filler();
            assertThat(filler.copy(memory, PAGE, pages(arena, 1, 42))).isEqualTo(PAGE);
            assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo((byte) 42);
            CompletableFuture<Byte> second = touch(memory, 3 * PAGE);
            var _ = await(faults);
            assertThat(filler.zero(memory, 3 * PAGE, PAGE)).isEqualTo(PAGE);
            assertThat(second.get(10, TimeUnit.SECONDS)).isZero();
            assertThat(faults.read()).isZero();
        }
    }

    @Test
    void copy_someAreThere_goesAsFarAsThoseAndSaysSo() {
        try (UserFaultFd faults = open();
                Arena arena = Arena.ofShared()) {
            MemorySegment memory = Mapping.anonymous(PAGES * PAGE, PAGE, arena);
            memory.set(JAVA_BYTE, 2 * PAGE, (byte) 1);
            faults.register(memory);
            UserFaultFd.Filler filler = faults.new Filler();
            MemorySegment four = pages(arena, 4, 5);
            assertThat(filler.copy(memory, 0, four)).isEqualTo(2 * PAGE);
            assertThat(filler.copy(memory, 2 * PAGE, four)).isEqualTo(-Errno.EEXIST);
            assertThat(filler.zero(memory, 2 * PAGE, PAGE)).isEqualTo(-Errno.EEXIST);
            assertThat(memory.get(JAVA_BYTE, 2 * PAGE)).isEqualTo((byte) 1);
            assertThat(memory.get(JAVA_BYTE, PAGE)).isEqualTo((byte) 5);
            assertThat(faults.unregister(memory, 4 * PAGE, 2 * PAGE)).isZero();
            assertThat(filler.copy(memory, 4 * PAGE, four.asSlice(0, PAGE))).isEqualTo(-Errno.ENOENT);
            assertThat(memory.get(JAVA_BYTE, 4 * PAGE)).isZero();
        }
    }

    @Test
    void unregister_whileSomebodyWaits_letsHimGoOnWithZeros() throws Exception {
        try (UserFaultFd faults = open();
                Arena arena = Arena.ofShared()) {
            MemorySegment memory = Mapping.anonymous(PAGES * PAGE, PAGE, arena);
            faults.register(memory);
            CompletableFuture<Byte> waiting = touch(memory, 0);
            var _ = await(faults);
            assertThat(faults.unregister(memory, 0, memory.byteSize())).isZero();
            assertThat(waiting.get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    void closed_calls_failAndThrowNothingElse() {
        UserFaultFd faults = open();
        faults.close();
        faults.close();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = Mapping.anonymous(PAGE, PAGE, arena);
            assertThat(faults.unregister(memory, 0, PAGE)).isEqualTo(-Errno.EBADF);
            assertThat(faults.new Filler().zero(memory, 0, PAGE)).isEqualTo(-Errno.EBADF);
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> faults.register(memory))
                    .withMessageContaining("EBADF");
        }
    }
}
