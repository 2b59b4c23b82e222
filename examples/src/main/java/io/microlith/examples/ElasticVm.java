// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples;

import io.microlith.board.boot.LinuxBoot;
import io.microlith.board.legacy.Serial;
import io.microlith.virtio.VirtioTransport;
import io.microlith.virtio.balloon.Balloon;
import io.microlith.virtio.balloon.BalloonConfig;
import io.microlith.virtio.balloon.BalloonControl;
import io.microlith.virtio.balloon.BalloonFeature;
import io.microlith.virtio.mmio.MmioTransport;
import io.microlith.virtio.pci.PciTransport;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.memory.Size;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * A Linux VM of 512 MiB whose memory the host takes and gives back, as lines on the standard input say: {@code target
 * MEBIBYTES}, {@code hint} for the pages that are free, and {@code show} for what is known.
 *
 * <p>Usage: {@code ElasticVm KERNEL INITRD COMMAND-LINE mmio|pci VCPUS [FEATURE...]}; a feature is a name of
 * {@link BalloonFeature}.
 */
public final class ElasticVm {
    private static final long MEBIBYTE = 1L << 20;

    private ElasticVm() {}

    /** Runs the VM to its end. */
    public static void main(String[] args) {
        BalloonControl control = new BalloonControl();
        VirtioTransport transport = args[3].equals("pci") ? new PciTransport() : new MmioTransport();
        BalloonConfig config = BalloonConfig.of(control)
                .features(features(args))
                .statistics(Duration.ofSeconds(1))
                .setup(VirtioSetup.DEFAULT.over(transport));
        VmOutcome outcome;
        try (Hypervisor kvm = Hypervisor.open();
                Vm vm = VmBuilder.on(kvm)
                        .memory(Size.mebibytes(512))
                        .vcpus(Integer.parseInt(args[4]))
                        .boot(LinuxBoot.kernel(Path.of(args[0]))
                                .initrd(Path.of(args[1]))
                                .commandLine(args[2]))
                        .device(Serial.to(System.out))
                        .device(Balloon.with(config))
                        .build()) {
            Thread.ofPlatform().daemon().start(() -> obey(control));
            outcome = vm.run();
        }
        System.exit(outcome.exitStatus());
    }

    /** Hints, and what the user wants. */
    private static BalloonFeature[] features(String[] args) {
        Stream<BalloonFeature> wanted = Arrays.stream(args).skip(5).map(BalloonFeature::valueOf);
        return Stream.concat(Stream.of(BalloonFeature.HINTING), wanted)
                .distinct()
                .toArray(BalloonFeature[]::new);
    }

    private static void obey(BalloonControl control) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", 2);
                switch (words[0]) {
                    case "target" -> control.setTarget(Size.mebibytes(Long.parseLong(words[1])));
                    case "hint" ->
                        control.hint()
                                .whenComplete((hinted, problem) -> System.err.println(
                                        "host.hinted=" + (problem == null ? mebibytes(hinted) : problem)));
                    default -> show(control);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void show(BalloonControl control) {
        System.err.println("host.actual=" + mebibytes(control.actual()));
        control.statistics().ifPresent(said -> System.err.println("host.statistics=" + said));
    }

    private static String mebibytes(Size size) {
        return size.bytes() / MEBIBYTE + " MiB";
    }
}
