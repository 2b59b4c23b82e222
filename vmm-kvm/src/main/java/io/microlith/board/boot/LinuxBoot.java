// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.device.FirmwareNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Boots Linux: a kernel, an initial RAM disk, a command line.
 *
 * <p>The kernel can be what distributions install ({@code vmlinuz}, a bzImage) or what a build leaves ({@code vmlinux},
 * an uncompressed ELF file), which is started by its PVH entry point if it has one. The file says which it is.
 *
 * <p>Immutable: each method returns another object. Files are opened at {@link #load}, each time.
 */
public final class LinuxBoot implements BootProtocol {
    private final Path kernel;
    private final Optional<Path> initrd;
    private final String commandLine;
    private final VirtioDiscovery virtio;

    private LinuxBoot(Path kernel, Optional<Path> initrd, String commandLine, VirtioDiscovery virtio) {
        this.kernel = kernel;
        this.initrd = initrd;
        this.commandLine = commandLine;
        this.virtio = virtio;
    }

    /** Begins with a kernel, without initial RAM disk, with an empty command line. */
    public static LinuxBoot kernel(Path file) {
        return new LinuxBoot(file, Optional.empty(), "", VirtioDiscovery.ACPI);
    }

    /** Sets the initial RAM disk. */
    public LinuxBoot initrd(Path file) {
        return new LinuxBoot(kernel, Optional.of(file), commandLine, virtio);
    }

    /** Sets the kernel's command line. */
    public LinuxBoot commandLine(String text) {
        return new LinuxBoot(kernel, initrd, text, virtio);
    }

    /** Says how the kernel hears of virtio devices on MMIO. */
    public LinuxBoot virtio(VirtioDiscovery discovery) {
        return new LinuxBoot(kernel, initrd, commandLine, discovery);
    }

    @Override
    public boolean describes(FirmwareNode node) {
        return virtio.isOnCommandLine(node);
    }

    @Override
    public EntryState load(BootContext context) {
        List<BootModule> modules =
                initrd.map(path -> List.of(new BootModule("initrd", path, ""))).orElse(List.of());
        try (ImageFile file = ImageFile.open("kernel", kernel)) {
            KernelImage image = KernelImage.detect(file);
            if (image instanceof MultibootKernel) {
                throw file.broken("is a multiboot kernel, not Linux: boot it as such");
            }
            return image.load(context, new BootFiles(virtio.extend(commandLine, context.nodes()), modules));
        }
    }

    @Override
    public String describe() {
        return "Linux " + kernel;
    }

    @Override
    public String toString() {
        return describe();
    }
}
