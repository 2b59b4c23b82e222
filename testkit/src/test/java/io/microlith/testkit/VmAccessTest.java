// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.ExitReason;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.memory.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the guest's accesses reach devices, and what becomes of those that reach none. */
class VmAccessTest {
    private static final FakeExit END = FakeExit.of(ExitReason.SYSTEM_SHUTDOWN);
    private static final long WINDOW = 0xd000_0000L;

    private final FakeHypervisor hypervisor = FakeHypervisor.with();
    private final RecordingListener listener = new RecordingListener();
    private final List<String> ports = new ArrayList<>();
    private final PioDevice port = new PioDevice() {
        @Override
        public int read(int offset, int size) {
            ports.add("read " + offset + "/" + size);
            return 0xa5a5_a5a5;
        }

        @Override
        public void write(int offset, int size, int value) {
            ports.add("write " + offset + "/" + size + "=" + Integer.toHexString(value));
        }
    };
    private final Register register = new Register(() -> -2);

    @AfterEach
    void assertClean() {
        hypervisor.assertClean();
    }

    private List<Long> run(FakeExit... exits) {
        FakeExit[] all = Stream.concat(Arrays.stream(exits), Stream.of(END)).toArray(FakeExit[]::new);
        try (Vm vm = VmBuilder.on(hypervisor)
                .board(new FakeBoard())
                .memory(Size.mebibytes(1))
                .boot(FakeGuest.of(all))
                .listener(listener)
                .pio(0x80, 4, port)
                .mmio(WINDOW, 16, register)
                .build()) {
            assertThat(vm.run().exitStatus()).isZero();
        }
        return hypervisor.vm().vcpu(0).answers();
    }

    @Test
    void pio_everySize_hasOffsetSizeAndValue() {
        List<Long> answers = run(
                FakeExit.out(0x80, 1, 0x12),
                FakeExit.out(0x82, 2, 0x1234),
                FakeExit.out(0x80, 4, 0xffff_fff1),
                FakeExit.in(0x83, 1),
                FakeExit.in(0x80, 4));
        assertThat(ports)
                .containsExactly("write 0/1=12", "write 2/2=1234", "write 0/4=fffffff1", "read 3/1", "read 0/4");
        assertThat(answers).containsExactly(0xa5L, 0xa5a5_a5a5L);
        assertThat(listener.heardToTheEnd()).noneMatch(heard -> heard.contains("port"));
    }

    /** As {@code rep outsb} and {@code rep insb} make them. */
    @Test
    void pio_stringInstruction_isOneCallAnAccess() {
        List<Long> answers = run(
                new FakeExit(ExitReason.PIO, true, 0x81, 1, List.of(1L, 2L, 3L)),
                new FakeExit(ExitReason.PIO, false, 0x81, 1, List.of(0L, 0L)));
        assertThat(ports).containsExactly("write 1/1=1", "write 1/1=2", "write 1/1=3", "read 1/1", "read 1/1");
        assertThat(answers).containsExactly(0xa5L, 0xa5L);
    }

    @Test
    void mmio_readAndWrite_reachTheDevice() {
        List<Long> answers = run(FakeExit.store(WINDOW + 8, 8, -3), FakeExit.load(WINDOW, 4));
        assertThat(register.written()).isEqualTo(-3);
        assertThat(answers).containsExactly(0xffff_fffeL);
    }

    @Test
    void access_reachesBeyondTheDevice_isUnmapped() {
        List<Long> answers = run(FakeExit.in(0x82, 4), FakeExit.load(WINDOW + 12, 8));
        assertThat(ports).isEmpty();
        assertThat(answers).containsExactly(0xffff_ffffL, -1L);
        assertThat(listener.heardToTheEnd())
                .containsSubsequence("read of port 0x82 size 4 #1", "read of memory 0xd000000c size 8 #2");
    }

    @Test
    void unmapped_reads_getAllOnes() {
        List<Long> answers = run(
                FakeExit.in(0x3f8, 1),
                FakeExit.in(0x3f8, 2),
                new FakeExit(ExitReason.PIO, false, 0x3f8, 1, List.of(0L, 0L, 0L)),
                FakeExit.load(Long.MAX_VALUE, 1),
                FakeExit.load(-8, 8));
        assertThat(answers).containsExactly(0xffL, 0xffffL, 0xffL, 0xffL, 0xffL, 0xffL, -1L);
    }

    @Test
    void unmapped_oftenRepeated_isToldWheneverItHasDoubled() {
        FakeExit[] writes = new FakeExit[1_000];
        Arrays.fill(writes, FakeExit.out(0x60, 1, 0));
        run(writes);
        assertThat(listener.heardToTheEnd().stream().filter(heard -> heard.startsWith("write to port 0x60 size 1 #")))
                .extracting(heard -> heard.replaceAll(".*#", ""))
                .containsExactly("1", "2", "4", "8", "16", "32", "64", "128", "256", "512");
    }

    @Test
    void bus_changedWhileTheVmRuns_isSeenAtTheNextExit() {
        try (Vm vm = VmBuilder.on(hypervisor)
                .board(new FakeBoard())
                .memory(Size.mebibytes(1))
                .build()) {
            vm.start();
            FakeVcpu vcpu = hypervisor.vm().vcpu(0);
            vcpu.inject(FakeExit.in(0x90, 1));
            vcpu.awaitIdle();
            vm.pio().add(new AddressRange(0x90, 1), port);
            vcpu.inject(FakeExit.in(0x90, 1));
            vcpu.awaitIdle();
            assertThat(vm.pio().remove(new AddressRange(0x90, 1))).isTrue();
            vcpu.inject(FakeExit.in(0x90, 1));
            vcpu.awaitIdle();
            assertThat(vcpu.answers()).containsExactly(0xffL, 0xa5L, 0xffL);
        }
    }
}
