// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.board.PcPart;
import io.microlith.board.boot.CpuMode;
import io.microlith.board.boot.VirtioDiscovery;
import io.microlith.examples.cli.command.KvmDevice;
import io.microlith.examples.cli.command.UsageException;
import io.microlith.examples.testkit.Capture;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.kvm.abi.KvmCap;
import io.microlith.vmm.OnReset;
import io.microlith.vmm.WriteTracking;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.memory.Overcommit;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The options of {@code run}. */
class RunOptionsTest {
    @TempDir
    private Path directory;

    private final Capture capture = new Capture();

    @Test
    void read_kernelAlone_hasDefaults() {
        assertThat(read("--kernel", "vmlinuz"))
                .contains(new RunSettings(
                        new GuestSession(new KvmDevice(Path.of("/dev/kvm"), Set.of()), Optional.empty(), false),
                        new BootSettings.Kernel(Path.of("vmlinuz"), Optional.empty(), "", VirtioDiscovery.ACPI),
                        Set.of(),
                        Size.mebibytes(256),
                        Overcommit.REFUSE,
                        1,
                        PageBacking.TRANSPARENT_HUGE,
                        WriteTracking.NONE,
                        OnReset.RESTART,
                        List.of(),
                        List.of(),
                        new ConsoleSettings(ConsoleSettings.Kind.SERIAL, Map.of(), "mmio")));
    }

    @Test
    void read_everyOption_isTaken() {
        assertThat(read(
                        "--kernel=k",
                        "--initrd=i",
                        "--cmdline=console=ttyS0 quiet",
                        "--virtio-mmio=cmdline",
                        "--board=lean",
                        "--mem=1G",
                        "--overcommit",
                        "--kvm=/dev/other",
                        "--kvm-without=KVM_CAP_IRQFD,KVM_CAP_IOEVENTFD",
                        "--cpus=2",
                        "--pages=huge",
                        "--no-reboot",
                        "--pin=0,1",
                        "--disk=d.img,readonly",
                        "--disk=e,serial=s",
                        "--net=tap=t,mtu=9000",
                        "--rng",
                        "--console=tty",
                        "--console=port,name=a,socket=/a",
                        "--console=port,file=/b,name=b",
                        "--vsock=v.sock,cid=7",
                        "--device=dice,sides=6",
                        "--track-writes=ring",
                        "--control=c.sock",
                        "--stats"))
                .contains(new RunSettings(
                        new GuestSession(
                                new KvmDevice(
                                        Path.of("/dev/other"), Set.of(KvmCap.KVM_CAP_IRQFD, KvmCap.KVM_CAP_IOEVENTFD)),
                                Optional.of(Path.of("c.sock")),
                                true),
                        new BootSettings.Kernel(
                                Path.of("k"),
                                Optional.of(Path.of("i")),
                                "console=ttyS0 quiet",
                                VirtioDiscovery.COMMAND_LINE),
                        Set.of(PcPart.values()),
                        Size.gibibytes(1),
                        Overcommit.ALLOW,
                        2,
                        PageBacking.HUGE_2M,
                        WriteTracking.RING,
                        OnReset.END,
                        List.of(0, 1),
                        List.of(
                                new DeviceRequest(
                                        "blk", Map.of("path", "d.img", "transport", "mmio", "readonly", "true")),
                                new DeviceRequest("blk", Map.of("path", "e", "transport", "mmio", "serial", "s")),
                                new DeviceRequest("net", Map.of("tap", "t", "transport", "mmio", "mtu", "9000")),
                                new DeviceRequest("rng", Map.of("transport", "mmio")),
                                new DeviceRequest("vsock", Map.of("path", "v.sock", "transport", "mmio", "cid", "7")),
                                new DeviceRequest("dice", Map.of("sides", "6"))),
                        new ConsoleSettings(
                                ConsoleSettings.Kind.VIRTIO, Map.of("a", "socket:/a", "b", "file:/b"), "mmio")));
    }

    @Test
    void read_transport_isThatOfAllDevices() {
        assertThat(read(
                                "--kernel=k",
                                "--transport=pci",
                                "--disk=d.img",
                                "--pmem=p,readonly",
                                "--net=passt=p",
                                "--rng",
                                "--vsock=v")
                        .orElseThrow()
                        .devices())
                .containsExactly(
                        new DeviceRequest("blk", Map.of("path", "d.img", "transport", "pci")),
                        new DeviceRequest("pmem", Map.of("path", "p", "transport", "pci", "readonly", "true")),
                        new DeviceRequest("net", Map.of("passt", "p", "transport", "pci")),
                        new DeviceRequest("rng", Map.of("transport", "pci")),
                        new DeviceRequest("vsock", Map.of("path", "v", "transport", "pci")));
    }

    @Test
    void read_transport_isTheDefaultOfVirtioDevicesOfAnyType() {
        assertThat(read(
                                "--kernel=k",
                                "--transport=pci",
                                "--device=rng",
                                "--device=blk,path=d.img",
                                "--device=rng,transport=mmio",
                                "--device=serial",
                                "--device=nobody,knows=it")
                        .orElseThrow()
                        .devices())
                .containsExactly(
                        new DeviceRequest("rng", Map.of("transport", "pci")),
                        new DeviceRequest("blk", Map.of("path", "d.img", "transport", "pci")),
                        new DeviceRequest("rng", Map.of("transport", "mmio")),
                        new DeviceRequest("serial", Map.of()),
                        new DeviceRequest("nobody", Map.of("knows", "it")));
    }

    @Test
    void read_balloon_isOneWithItsOptions() {
        assertThat(read("--kernel=k", "--balloon").orElseThrow().devices())
                .containsExactly(new DeviceRequest("balloon", Map.of("transport", "mmio")));
        assertThat(read("--kernel=k", "--balloon=target=64M,reporting,stats=5", "--transport=pci")
                        .orElseThrow()
                        .devices())
                .containsExactly(new DeviceRequest(
                        "balloon",
                        Map.of("transport", "pci", "target", "67108864", "reporting", "true", "stats", "5")));
    }

    @Test
    void read_configurationAndOption_optionWins() throws IOException {
        Path file =
                Files.writeString(directory.resolve("vm.json"), "{\"kernel\": \"k\", \"cpus\": 4, \"mem\": \"64M\"}");

        RunSettings settings = read("--config", file.toString(), "--cpus", "2").orElseThrow();

        assertThat(settings.vcpus()).isEqualTo(2);
        assertThat(settings.memory()).isEqualTo(Size.mebibytes(64));
        assertThat(settings.boot())
                .isEqualTo(new BootSettings.Kernel(Path.of("k"), Optional.empty(), "", VirtioDiscovery.ACPI));
    }

    @ParameterizedTest
    @CsvSource({
        "real, REAL_16, 0x7c00",
        "real@0x8000, REAL_16, 0x8000",
        "protected, PROTECTED_32, 0x100000",
        "long@2097152, LONG_64, 0x200000",
        "user, LONG_64_USER, 0x100000"
    })
    void read_flat_saysHowAndWhere(String how, CpuMode mode, String address) {
        assertThat(read("--kernel=k", "--flat=" + how).orElseThrow().boot())
                .isEqualTo(new BootSettings.Flat(Path.of("k"), mode, Long.decode(address)));
    }

    @Test
    void read_kvmWithoutOptional_keepsWhatIsNeeded() {
        KvmDevice kvm = read("--kernel=k", "--kvm-without=optional")
                .orElseThrow()
                .session()
                .kvm();

        assertThat(kvm.hidden())
                .hasSize(KvmCap.values().length - KvmHypervisor.required().size())
                .doesNotContainAnyElementsOf(KvmHypervisor.required());
    }

    @Test
    void read_help_printsUsageAndHasNoSettings() {
        assertThat(read("--help")).isEmpty();

        assertThat(capture.out()).contains("Usage: microlith run", "--kernel=FILE", "Default: 256M", "Ctrl-A x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--transport=usb --kernel=k",
                "--disk=,readonly --kernel=k",
                "--pmem= --kernel=k",
                "--vsock= --kernel=k",
                "--device=,x --kernel=k",
                "--net=tap0 --kernel=k",
                "--balloon=target=much --kernel=k",
                "--console=ttyS0 --kernel=k",
                "--console=tty,size=80 --kernel=k",
                "--console=port --kernel=k",
                "--console=port,name=a --kernel=k",
                "--console=port,name=,socket=/a --kernel=k",
                "--console=port,name=a,socket=/a,file=/b --kernel=k",
                "--console=port,name=a,name=b,socket=/a --kernel=k",
                "--console=port,name=a,socket=/a --console=port,name=a,file=/b --kernel=k",
                "--kernel",
                "--kernel=k extra",
                "--kernel=k --board=big",
                "--kernel=k --mem=much",
                "--kernel=k --cpus=two",
                "--kernel=k --pages=4k",
                "--kernel=k --pin=0,x",
                "--kernel=k --pin=-1",
                "--kernel=k --pin=,",
                "--kernel=k --flat=",
                "--kernel=k --flat=vga",
                "--kernel=k --flat=real@",
                "--kernel=k --flat=real@somewhere",
                "--kernel=k --flat=user --initrd=i",
                "--kernel=k --flat=user --cmdline=x",
                "--kernel=k --kvm-without=KVM_CAP_TEA",
                "--kernel=k --kvm-without=,"
            })
    void read_wrongUsage_throwsOneLine(String arguments) {
        String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ");

        assertThatThrownBy(() -> read(words)).isInstanceOf(UsageException.class).hasMessageNotContaining("\n");
    }

    private Optional<RunSettings> read(String... arguments) {
        return new RunOptions(new RunCommand(), capture.console()).read(List.of(arguments));
    }
}
