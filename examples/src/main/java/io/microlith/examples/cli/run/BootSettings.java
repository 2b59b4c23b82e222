// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.board.boot.BootLayout;
import io.microlith.board.boot.BootProtocol;
import io.microlith.board.boot.CpuMode;
import io.microlith.board.boot.FlatImage;
import io.microlith.board.boot.KernelBoot;
import io.microlith.board.boot.VirtioDiscovery;
import java.nio.file.Path;
import java.util.Optional;

/** What a machine starts with. */
sealed interface BootSettings {
    /** The way in which the board starts it. */
    BootProtocol protocol();

    /**
     * A kernel, of any kind that the board knows.
     *
     * @param file the kernel
     * @param initrd the initial RAM disk
     * @param commandLine its command line
     * @param virtio how Linux hears of virtio devices that are not on PCI
     */
    record Kernel(Path file, Optional<Path> initrd, String commandLine, VirtioDiscovery virtio)
            implements BootSettings {
        @Override
        public BootProtocol protocol() {
            KernelBoot boot = KernelBoot.kernel(file).commandLine(commandLine).virtio(virtio);
            return initrd.map(boot::initrd).orElse(boot);
        }
    }

    /**
     * Bytes as they are, entered at the first of them.
     *
     * @param file the bytes
     * @param mode in which the processor enters them
     * @param address where they are, by guest-physical address
     */
    record Flat(Path file, CpuMode mode, long address) implements BootSettings {
        /** Where a PC's firmware puts a boot sector. */
        static final long BOOT_SECTOR = 0x7c00;

        /** Where there is RAM in any machine, and no table. */
        static final long DEFAULT_ADDRESS = BootLayout.HIGH_MEMORY;

        @Override
        public BootProtocol protocol() {
            return FlatImage.file(file).at(address).mode(mode);
        }
    }
}
