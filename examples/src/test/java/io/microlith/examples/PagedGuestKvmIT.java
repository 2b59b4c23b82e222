// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.board.boot.CpuMode;
import io.microlith.board.boot.FlatImage;
import io.microlith.snapshot.Paging;
import io.microlith.snapshot.Recording;
import io.microlith.snapshot.RestoreStrategy;
import io.microlith.snapshot.Snapshot;
import io.microlith.snapshot.pager.PageSource;
import io.microlith.testkit.RequiresKvm;
import io.microlith.testkit.RequiresUserFaultFd;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.memory.Size;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A vCPU whose memory comes while it wants it: it never goes on with a page that has not come, whatever becomes of who
 * brings it.
 */
@RequiresKvm
@RequiresUserFaultFd
class PagedGuestKvmIT {
    private static final int PAGE = 4096;
    private static final int FIRST = 4 << 20;
    private static final int PAGES = 1024;
    private static final int PORT = 0x98;
    private static final int PORTS = 8;
    private static final int TOLD = 4;
    private static final int SOME = 100;
    private static final long BOUND_SECONDS = 120;
    private static final long PAUSE_MILLIS = 50;

    /**
     * Waits until port 0x98 says so, and tells what each page begins with.
     *
     * <pre>
     * wait: in al, 0x98; test al, al; jz wait
     *       mov ebx, 0x400000
     * next: mov eax, [rbx]; out 0x9c, eax
     *       add ebx, 0x1000; cmp ebx, 0x800000; jb next
     *       mov al, 3; out 0xf4, al
     * </pre>
     */
    private static final FlatImage GUEST = FlatImage.of(HexFormat.ofDelimiter(" ")
                    .parseHex("e4 98 84 c0 74 fa bb 00 00 40 00 8b 03 e7 9c 81 c3 00 10 00 00"
                            + " 81 fb 00 00 80 00 72 ee b0 03 e6 f4"))
            .mode(CpuMode.LONG_64_USER);

    @TempDir
    private Path directory;

    private final List<Integer> told = new CopyOnWriteArrayList<>();
    private volatile boolean mayGo;
    private Hypervisor kvm;
    private Snapshot snapshot;

    private static int word(int page) {
        return 0x5a5a_0000 | page + 1;
    }

    @BeforeEach
    void save() {
        kvm = Hypervisor.open();
        try (Vm vm = VmBuilder.on(kvm)
                .memory(Size.mebibytes(16))
                .boot(GUEST)
                .pio(PORT, PORTS, new Ports())
                .build()) {
            for (int page = 0; page < PAGES; page++) {
                vm.memory().putInt(FIRST + (long) page * PAGE, word(page));
            }
            vm.start();
            try (FrozenVm frozen = vm.freeze()) {
                snapshot = Snapshot.write(frozen, directory.resolve("saved"));
            }
        }
        mayGo = true;
    }

    @AfterEach
    void close() {
        kvm.close();
    }

    private Vm restored(RestoreStrategy strategy) {
        return VmBuilder.on(kvm)
                .pio(PORT, PORTS, new Ports())
                .restore(snapshot.restoration(strategy))
                .build();
    }

    private static VmOutcome end(Vm vm) throws Exception {
        vm.start();
        return vm.outcome().toCompletableFuture().get(BOUND_SECONDS, TimeUnit.SECONDS);
    }

    private void record() throws Exception {
        Recording recording = new Recording(snapshot);
        try (Vm vm = restored(recording)) {
            assertThat(end(vm)).isEqualTo(new VmOutcome.Exited(3));
            assertThat(recording.save().size()).isGreaterThanOrEqualTo(PAGES);
        }
        told.clear();
    }

    /** It told each page in its order, up to some. */
    private void assertToldWhatItHad(int pages) {
        assertThat(told)
                .containsExactlyElementsOf(IntStream.range(0, pages)
                        .mapToObj(PagedGuestKvmIT::word)
                        .toList());
    }

    static Stream<Paging> strategies() {
        return Stream.of(
                RestoreStrategy.LAZY, RestoreStrategy.PREFETCH, RestoreStrategy.OVERLAPPED, RestoreStrategy.DIRECT);
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void restore_garbageCollectedAgainAndAgain_guestHasAllItHad(Paging strategy) throws Exception {
        record();
        Thread collector = Thread.ofPlatform().daemon().start(PagedGuestKvmIT::collect);
        try (Vm vm = restored(strategy)) {
            assertThat(end(vm)).isEqualTo(new VmOutcome.Exited(3));
        } finally {
            collector.interrupt();
            collector.join();
        }
        assertToldWhatItHad(PAGES);
    }

    /** With pauses, in which an emulated processor brings some pages. */
    private static void collect() {
        try {
            while (true) {
                System.gc();
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            // That was all.
        }
    }

    @Test
    void source_fails_machineEndsWithoutAnInstructionMore() throws Exception {
        Paging failing = RestoreStrategy.LAZY.source(saved -> new FilePages(saved, () -> {
            throw new IOException("the medium is gone");
        }));
        try (Vm vm = restored(failing)) {
            assertThat(end(vm))
                    .isInstanceOfSatisfying(
                            VmOutcome.HostError.class,
                            error -> assertThat(error.cause()).hasMessageContaining("the medium is gone"));
        }
        assertThat(told).hasSizeLessThan(PAGES);
        assertToldWhatItHad(told.size());
    }

    @Test
    void source_stalls_machineEndsWithoutAnInstructionMore() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        Paging stalling = RestoreStrategy.LAZY
                .patience(Duration.ofSeconds(1))
                .source(saved -> new FilePages(saved, () -> awaitQuietly(answer)));
        try (Vm vm = restored(stalling)) {
            assertThat(end(vm))
                    .isInstanceOfSatisfying(
                            VmOutcome.HostError.class,
                            error -> assertThat(error.cause()).hasMessageContaining("no answer for 1000 ms"));
        } finally {
            answer.countDown();
        }
        assertThat(told).hasSizeLessThan(PAGES);
        assertToldWhatItHad(told.size());
    }

    private static void awaitQuietly(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private final class Ports implements PioDevice {
        @Override
        public int read(int offset, int size) {
            return mayGo ? 1 : 0;
        }

        @Override
        public void write(int offset, int size, int value) {
            if (offset == TOLD) {
                told.add(value);
            }
        }
    }

    private interface Trouble {
        void begin() throws IOException;
    }

    /** The pages of a snapshot's own file, until there is trouble. */
    private static final class FilePages implements PageSource {
        private final FileChannel file;
        private final Trouble trouble;
        private final AtomicInteger reads = new AtomicInteger();

        FilePages(Snapshot snapshot, Trouble trouble) {
            this.trouble = trouble;
            try {
                file = FileChannel.open(snapshot.memory().file());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void read(long offset, MemorySegment into) throws IOException {
            if (reads.incrementAndGet() > SOME) {
                trouble.begin();
            }
            ByteBuffer pages = into.asByteBuffer();
            while (pages.hasRemaining()) {
                if (file.read(pages, offset + pages.position()) < 0) {
                    throw new IOException("the file is too short");
                }
            }
        }

        @Override
        public void close() {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
