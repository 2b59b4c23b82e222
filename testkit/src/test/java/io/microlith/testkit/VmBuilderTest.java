// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.Board;
import io.microlith.vmm.BoardContext;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.OnReset;
import io.microlith.vmm.Platform;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.VmState;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.error.HypervisorException;
import io.microlith.vmm.memory.MemoryBound;
import io.microlith.vmm.memory.Overcommit;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.MachineState;
import io.microlith.vmm.state.StateReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Defaults, every setting that is wrong, and failures half-way: what was begun is gone after them. */
class VmBuilderTest {
    private static final Size SMALL = Size.mebibytes(1);

    private final FakeHypervisor hypervisor = FakeHypervisor.with();
    private long descriptors;

    @BeforeEach
    void count() throws IOException {
        // The first VM loads classes and with them jars.
        builder().build().close();
        descriptors = descriptors();
    }

    private VmBuilder builder() {
        return VmBuilder.on(hypervisor).board(new FakeBoard()).memory(SMALL);
    }

    private static long descriptors() throws IOException {
        try (var list = Files.list(Path.of("/proc/self/fd"))) {
            return list.count();
        }
    }

    private void assertNothingLeft() throws IOException {
        hypervisor.assertClean();
        assertThat(descriptors()).isEqualTo(descriptors);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("broken") && thread.isAlive());
        assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain("memfd:broken");
    }

    private void assertRefused(String setting, String text, Consumer<VmBuilder> change) throws IOException {
        assertThatThrownBy(() -> {
                    VmBuilder builder = builder().id("broken");
                    change.accept(builder);
                    builder.build();
                })
                .isInstanceOfSatisfying(ConfigException.class, e -> {
                    assertThat(e.setting()).isEqualTo(setting);
                    assertThat(e.getMessage())
                            .startsWith(setting + ": ")
                            .contains(text)
                            .doesNotContain("\n");
                });
        assertNothingLeft();
    }

    @Test
    void build_nothingSet_hasTheDefaults() {
        try (Vm vm = VmBuilder.on(hypervisor).board(new FakeBoard()).build()) {
            VmConfig config = vm.config();
            assertThat(config.id()).matches("vm\\d+");
            assertThat(config)
                    .isEqualTo(new VmConfig(
                            config.id(),
                            Size.mebibytes(128),
                            PageBacking.SMALL,
                            Overcommit.REFUSE,
                            WriteTracking.NONE,
                            1,
                            OnReset.RESTART,
                            List.of(),
                            List.of()));
            assertThat(vm.state()).isEqualTo(VmState.CREATED);
            assertThat(vm.memory().size()).isEqualTo(128L << 20);
            assertThat(vm.devices()).isEmpty();
            assertThat(vm.hypervisorVm()).isSameAs(hypervisor.vm());
        }
    }

    @Test
    void build_twice_makesTwoVmsWithNamesOfTheirOwn() {
        VmBuilder builder = builder();
        try (Vm one = builder.build();
                Vm two = builder.build()) {
            assertThat(one.config().id()).isNotEqualTo(two.config().id());
            one.memory().putLong(0, 1);
            assertThat(two.memory().getLong(0)).isZero();
        }
    }

    @Test
    void build_everythingSet_isInTheConfig() {
        try (Vm vm = builder()
                .id("my-vm")
                .vcpus(2)
                .pin(0, 0)
                .pages(PageBacking.TRANSPARENT_HUGE)
                .onReset(OnReset.END)
                .overcommit()
                .build()) {
            assertThat(vm.config())
                    .isEqualTo(new VmConfig(
                            "my-vm",
                            SMALL,
                            PageBacking.TRANSPARENT_HUGE,
                            Overcommit.ALLOW,
                            WriteTracking.NONE,
                            2,
                            OnReset.END,
                            List.of(0, 0),
                            List.of()));
            vm.start();
            hypervisor.vm().vcpu(1).awaitIdle();
        }
    }

    @Test
    void build_memoryWrong_isRefused() throws IOException {
        assertRefused("memory", "a VM needs some", builder -> builder.memory(Size.bytes(0)));
        assertRefused("memory", "not a multiple of the page size", builder -> builder.memory(Size.bytes(5000)));
    }

    @Test
    void build_memoryBeyondTheHosts_isRefusedUnlessAllowed() throws IOException {
        Size twice = Size.bytes(2 * MemoryBound.here().size().bytes());
        assertRefused("memory", "more than the", builder -> builder.memory(twice));
        try (Vm vm = builder().memory(twice).overcommit().build()) {
            vm.memory().putLong(twice.bytes() - 8, 1);
            assertThat(vm.memory().getLong(twice.bytes() - 8)).isEqualTo(1);
        }
    }

    @Test
    void build_memoryOfAllTheHost_isAllowed() {
        Size all = MemoryBound.here().size();
        try (Vm vm = builder().memory(all).build()) {
            assertThat(vm.memory().size()).isEqualTo(all.bytes());
        }
    }

    @Test
    void build_memoryBeyondTheAddressSpace_isRefused() throws IOException {
        assertRefused(
                "memory",
                "ENOMEM",
                builder -> builder.memory(Size.gibibytes(1 << 30)).overcommit());
    }

    @Test
    void build_hugePagesTheHostLacks_isRefused() throws IOException {
        assertRefused("memory", "is not a multiple of 2 MiB", builder -> builder.pages(PageBacking.HUGE_2M));
        assertRefused(
                "memory",
                "the host has no 512 GiB to give",
                builder -> builder.pages(PageBacking.HUGE_2M)
                        .memory(Size.gibibytes(512))
                        .overcommit());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void build_tooFewVcpus_isRefused(int vcpus) throws IOException {
        assertRefused("vcpus", "at least 1", builder -> builder.vcpus(vcpus));
    }

    @Test
    void build_tooManyVcpus_isRefused() throws IOException {
        assertRefused("vcpus", "17 is too many: this host runs up to 16", builder -> builder.vcpus(17));
    }

    @Test
    void build_processorsWrong_isRefused() throws IOException {
        assertRefused("pin", "2 processors given for 1 vCPUs", builder -> builder.pin(0, 1));
        assertRefused("pin", "processor 1023", builder -> builder.pin(1023));
        assertRefused("pin", "processor -1", builder -> builder.pin(-1));
    }

    @Test
    void build_idWrong_isRefused() throws IOException {
        assertRefused("id", "letters", builder -> builder.id(""));
        assertRefused("id", "letters", builder -> builder.id("a\nb"));
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, 0", "0, -1", "9223372036854775807, 2"})
    void mmio_noRange_isRefused(long base, long size) throws IOException {
        assertRefused("mmio", "no range", builder -> builder.mmio(base, size, new Register(() -> 0)));
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, 0", "65535, 2", "65536, 1"})
    void pio_noPorts_isRefused(int port, int count) throws IOException {
        assertRefused("pio", "0x", builder -> builder.pio(port, count, null));
    }

    @Test
    void build_handlersOverlap_isRefused() throws IOException {
        Register register = new Register(() -> 0);
        assertRefused(
                "mmio",
                "0x1000-0x1007",
                builder -> builder.mmio(0x1000, 8, register).mmio(0x1000, 8, register));
        assertRefused(
                "mmio", "overlaps", builder -> builder.mmio(0x1000, 8, register).mmio(0x1004, 8, register));
    }

    @Test
    void build_devicesOverlap_isRefused() throws IOException {
        ControlPort.Config config = ControlPort.Config.of(_ -> {});
        assertRefused(
                "pio",
                "overlaps",
                builder -> builder.pio(ControlPort.PORT + 1, 1, new LatchPort())
                        .device(new ControlPort.Factory(), config)
                        .device(new ControlPort.Factory(), config));
        // The first device had been made before the second one failed.
        assertThat(config.log()).containsExactly("close");
    }

    @Test
    void device_typeThatNobodyProvides_isRefused() throws IOException {
        assertRefused("device", "no provider of type 'no-such'", builder -> builder.device("no-such", Map.of()));
    }

    @Test
    void build_boardDoesNotFit_isRefused() throws IOException {
        assertRefused("board", "does not fit the hypervisor fake", builder -> builder.board(new Misfit()));
    }

    @Test
    void build_noBoardOnThePath_isRefused() {
        assertThatThrownBy(() -> VmBuilder.on(hypervisor).build())
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("board: no module on the path provides one for the hypervisor fake");
    }

    @Test
    void build_bootOfAnotherBoard_isRefused() throws IOException {
        assertRefused("boot", "a tape", builder -> builder.boot(() -> "a tape"));
    }

    @Test
    void build_kernelCannotBeLoaded_isRefusedAndClosesTheDevices() throws IOException {
        ControlPort.Config config = ControlPort.Config.of(_ -> {});
        FakeBoard board = new FakeBoard().onPowerOn(() -> {
            throw new ConfigException("kernel", "too large");
        });
        assertRefused("kernel", "too large", builder -> builder.board(board).device(new ControlPort.Factory(), config));
        assertThat(config.log()).containsExactly("close");
        assertThat(board.platform().isClosed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"createVm", "createVcpu 0", "createVcpu 2"})
    void build_hypervisorFails_leavesNothing(String call) throws IOException {
        hypervisor.failAt(call);
        assertThatThrownBy(() -> builder().id("broken").vcpus(3).build())
                .isInstanceOf(HypervisorException.class)
                .hasMessage(call + " failed, as the test wanted");
        assertNothingLeft();
    }

    @Test
    void build_boardThrowsAnError_leavesNothing() throws IOException {
        FakeBoard board = new FakeBoard().onPowerOn(() -> {
            throw new StackOverflowError("made up");
        });
        assertThatThrownBy(() -> builder().id("broken").board(board).build()).isInstanceOf(StackOverflowError.class);
        assertNothingLeft();
    }

    @Test
    void build_closingFailsToo_theFirstFailureIsSeen() throws IOException {
        ControlPort.Config config = ControlPort.Config.of(_ -> {});
        Board board = new Misfit() {
            @Override
            public boolean fits(Hypervisor hypervisor) {
                return true;
            }

            @Override
            public Platform assemble(BoardContext context) {
                throw new ConfigException("kernel", "first");
            }
        };
        assertRefused("kernel", "first", builder -> builder.board(board).device(new ControlPort.Factory(), config));
    }

    @Test
    void build_vcpuCannotBeAdmitted_isItsErrorAndLeavesNothing() throws IOException {
        FakeBoard board = new FakeBoard().onVcpuAdmission(index -> {
            if (index == 1) {
                throw new HypervisorException("no room for vCPU 1");
            }
        });
        assertThatThrownBy(() -> builder().id("broken").board(board).vcpus(3).build())
                .isInstanceOf(HypervisorException.class)
                .hasMessage("no room for vCPU 1");
        assertNothingLeft();
    }

    /** A device may ask for the end while it is made: the VM is built, and ends when it is run. */
    @Test
    void build_deviceEndsTheVmWhileItIsMade_runGivesThatOutcome() {
        try (Vm vm = builder().device(new EndingFactory(), "now").build()) {
            assertThat(vm.state()).isEqualTo(VmState.ENDED);
            assertThat(vm.run()).isEqualTo(new VmOutcome.Exited(9));
        }
        hypervisor.assertClean();
    }

    /** A board that fits nothing. */
    private static class Misfit implements Board {
        @Override
        public boolean fits(Hypervisor hypervisor) {
            return false;
        }

        @Override
        public List<HostDifference> differences(Hypervisor host, MachineState saved) {
            throw new AssertionError();
        }

        @Override
        public List<AddressRange> ram(Size memory) {
            return List.of(new AddressRange(0, memory.bytes()));
        }

        @Override
        public Platform assemble(BoardContext context) {
            throw new AssertionError();
        }
    }

    private static final class LatchPort implements PioDevice {
        @Override
        public int read(int offset, int size) {
            return 0;
        }

        @Override
        public void write(int offset, int size, int value) {}
    }

    private static final class EndingFactory implements DeviceFactory<String, DeviceState> {
        private final ControlPort.Factory real = new ControlPort.Factory();

        @Override
        public String type() {
            return "ending";
        }

        @Override
        public String configure(Map<String, String> options) {
            return "";
        }

        @Override
        public Device create(String config, DeviceContext context) {
            context.control().exit(9);
            return real.create(ControlPort.Config.of(_ -> {}), context);
        }

        @Override
        public Device restore(String config, DeviceState state, DeviceContext context) {
            throw new UnsupportedOperationException("has no state");
        }

        @Override
        public DeviceState read(StateReader reader) {
            throw new UnsupportedOperationException("has no state");
        }
    }

    @Test
    void restore_pathWithNothingThatReadsSnapshots_saysWhatIsMissing() {
        VmBuilder builder = VmBuilder.on(FakeHypervisor.with());
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> builder.restore(Path.of("saved")))
                .withMessageContaining("add io.microlith:snapshots");
    }
}
