// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.board.PcBoard;
import io.microlith.board.legacy.Serial;
import io.microlith.board.state.GuestTime;
import io.microlith.board.state.ProcessorState;
import io.microlith.kvm.VcpuBlock;
import io.microlith.linux.Errno;
import io.microlith.linux.EventFd;
import io.microlith.linux.Pollable;
import io.microlith.testkit.RequiresKvm;
import io.microlith.virtio.VirtioTransport;
import io.microlith.virtio.mmio.MmioTransport;
import io.microlith.virtio.net.Net;
import io.microlith.virtio.net.NetBackend;
import io.microlith.virtio.net.NetConfig;
import io.microlith.virtio.net.Offload;
import io.microlith.virtio.net.RxFrame;
import io.microlith.virtio.net.TxFrame;
import io.microlith.virtio.pci.PciTransport;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.vmm.FrozenVm;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.StatePart;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A machine that an earlier build saved in the rig is made again by KVM, and is the same: not only is each of its parts
 * read. A host with another processor than the rig's refuses it, by all that it lacks.
 */
@RequiresKvm
class GoldenMachineKvmIT {
    private static final long DISK = 16L << 20;
    private static final long PMEM = 64L << 20;

    /** What does not change by itself, and each host has. */
    private static final Set<VcpuBlock> SAME = EnumSet.of(
            VcpuBlock.MP_STATE, VcpuBlock.REGISTERS, VcpuBlock.SPECIAL_REGISTERS_2, VcpuBlock.DEBUG_REGISTERS);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"mmio", "pci"})
    void restore_machineOfAnEarlierBuild_isThatMachine(String transport) throws IOException, URISyntaxException {
        GoldenMachine golden = atAnySpeed(GoldenMachine.of("pc-" + transport));

        try (Hypervisor kvm = Hypervisor.open()) {
            VmBuilder builder = machine(kvm, transport).restore(golden);
            List<HostDifference> differences = new PcBoard().differences(kvm, golden.state());
            if (differences.isEmpty()) {
                assertMadeAgain(builder, golden);
            } else {
                assertThatExceptionOfType(ConfigException.class)
                        .isThrownBy(() -> builder.build().close())
                        .withMessageContainingAll(differences.stream()
                                .map(HostDifference::toString)
                                .toArray(String[]::new));
            }
        }
    }

    private static void assertMadeAgain(VmBuilder builder, GoldenMachine golden) {
        MachineState now;
        try (Vm vm = builder.build();
                FrozenVm still = vm.freeze()) {
            now = still.save();
        }
        assertThat(now.parts())
                .extracting(StatePart::name)
                .containsExactlyInAnyOrderElementsOf(
                        golden.state().parts().stream().map(StatePart::name).toList());
        for (StatePart part : golden.state().parts()) {
            if (part.name().startsWith("vcpu.")) {
                assertSame(part.name(), vcpu(golden.state(), part.name()), vcpu(now, part.name()));
            } else if (part.name().matches("device\\.(balloon|blk|console|net|pmem|rng|pci-host|i8042|serial)\\d")) {
                assertThat(now.parts()).as(part.name()).contains(part);
            }
        }
    }

    private static void assertSame(String name, ProcessorState saved, ProcessorState now) {
        for (VcpuBlock block : SAME) {
            assertThat(now.blocks().get(block))
                    .as("%s %s", name, block)
                    .isNotNull()
                    .isEqualTo(saved.blocks().get(block));
        }
        assertThat(now.cpuid()).as(name).isEqualTo(saved.cpuid());
        assertThat(now.time().tsc())
                .as(name)
                .isGreaterThanOrEqualTo(saved.time().tsc());
    }

    private static ProcessorState vcpu(MachineState state, String name) {
        return ProcessorState.read(state.get(name));
    }

    /** Of a host whose TSC goes at a speed that nobody knows: this one's is another, and perhaps cannot be scaled. */
    private static GoldenMachine atAnySpeed(GoldenMachine saved) {
        List<StatePart> parts = saved.state().parts().stream()
                .map(part -> part.name().startsWith("vcpu.") ? atAnySpeed(saved.state(), part.name()) : part)
                .toList();
        return new GoldenMachine(MachineState.of(parts));
    }

    private static StatePart atAnySpeed(MachineState state, String name) {
        ProcessorState vcpu = vcpu(state, name);
        GuestTime time = new GuestTime(vcpu.time().clock(), vcpu.time().tsc(), 0);
        return StatePart.of(name, new ProcessorState(vcpu.blocks(), vcpu.msrs(), time, vcpu.cpuid()));
    }

    /** With what the host has for its devices here. */
    private VmBuilder machine(Hypervisor kvm, String transport) throws IOException {
        VirtioTransport virtio = transport.equals("pci") ? new PciTransport() : new MmioTransport();
        return VmBuilder.on(kvm)
                .device(Serial.to(OutputStream.nullOutputStream()))
                .device("balloon", options("stats=1 hinting=true reporting=true", transport))
                .device("blk", options("queues=2 path=" + file("disk", DISK), transport))
                .device("console", options("port.echo=socket:" + directory.resolve("echo"), transport))
                .device(Net.with(NetConfig.of(LooseCable::new).setup(VirtioSetup.DEFAULT.over(virtio))))
                .device("pmem", options("path=" + file("pmem", PMEM), transport))
                .device("rng", options("", transport))
                .device("vsock", options("cid=7 path=" + directory.resolve("socket"), transport));
    }

    private static Map<String, String> options(String text, String transport) {
        return Stream.of((text + " transport=" + transport).strip().split(" ", -1))
                .map(option -> option.split("=", 2))
                .collect(Collectors.toMap(option -> option[0], option -> option[1]));
    }

    private String file(String name, long size) throws IOException {
        Path path = directory.resolve(name);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(size);
        }
        return path.toString();
    }

    /** Can do all that a tap can, and has nobody at its end. */
    private static final class LooseCable implements NetBackend {
        private final EventFd never = EventFd.create();

        @Override
        public Set<Offload> offloads() {
            return EnumSet.allOf(Offload.class);
        }

        @Override
        public Pollable readiness(int pair) {
            return never;
        }

        @Override
        public long receive(int pair, RxFrame into) {
            return -Errno.EAGAIN;
        }

        @Override
        public long send(int pair, TxFrame frame) {
            return frame.length();
        }

        @Override
        public void close() {
            never.close();
        }
    }
}
