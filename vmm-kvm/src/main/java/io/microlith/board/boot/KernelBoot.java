// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.device.FirmwareNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Boots whatever kernel a file is: Linux as {@link LinuxBoot} takes it, or a multiboot kernel. For programs whose users
 * name a file.
 *
 * <p>Immutable: each method returns another object. Files are opened at {@link #load}, each time.
 */
public final class KernelBoot implements BootProtocol {
    private static final Logger LOG = LoggerFactory.getLogger(KernelBoot.class);

    private final Path kernel;
    private final Optional<Path> initrd;
    private final String commandLine;
    private final VirtioDiscovery virtio;

    private KernelBoot(Path kernel, Optional<Path> initrd, String commandLine, VirtioDiscovery virtio) {
        this.kernel = kernel;
        this.initrd = initrd;
        this.commandLine = commandLine;
        this.virtio = virtio;
    }

    /** Begins with a kernel, without initial RAM disk, with an empty command line. */
    public static KernelBoot kernel(Path file) {
        return new KernelBoot(file, Optional.empty(), "", VirtioDiscovery.ACPI);
    }

    /** Sets the initial RAM disk, or for a multiboot kernel its only module. */
    public KernelBoot initrd(Path file) {
        return new KernelBoot(kernel, Optional.of(file), commandLine, virtio);
    }

    /** Sets the kernel's command line. */
    public KernelBoot commandLine(String text) {
        return new KernelBoot(kernel, initrd, text, virtio);
    }

    /** Says how the kernel hears of virtio devices on MMIO. */
    public KernelBoot virtio(VirtioDiscovery discovery) {
        return new KernelBoot(kernel, initrd, commandLine, discovery);
    }

    @Override
    public boolean describes(FirmwareNode node) {
        return virtio.isOnCommandLine(node);
    }

    @Override
    public EntryState load(BootContext context) {
        List<BootModule> modules = initrd.map(path -> List.of(new BootModule("initrd", path, path.toString())))
                .orElse(List.of());
        try (ImageFile file = ImageFile.open("kernel", kernel)) {
            KernelImage image = KernelImage.detect(file);
            LOG.debug("kernel={} kind={}", kernel, image.kind());
            return image.load(context, new BootFiles(virtio.extend(commandLine, context.nodes()), modules));
        }
    }

    @Override
    public String describe() {
        return "kernel " + kernel;
    }

    @Override
    public String toString() {
        return describe();
    }
}
