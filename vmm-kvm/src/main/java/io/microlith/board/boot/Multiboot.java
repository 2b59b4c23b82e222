// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.error.ConfigException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Boots a kernel of the Multiboot Specification, version 1: a 32-bit ELF file, or any file whose multiboot header says
 * where it is loaded.
 *
 * <p>Immutable: each method returns another object. Files are opened at {@link #load}, each time.
 */
public final class Multiboot implements BootProtocol {
    private final Path kernel;
    private final List<BootModule> modules;
    private final String commandLine;

    private Multiboot(Path kernel, List<BootModule> modules, String commandLine) {
        this.kernel = kernel;
        this.modules = modules;
        this.commandLine = commandLine;
    }

    /** Begins with a kernel, without modules, with an empty command line. */
    public static Multiboot kernel(Path file) {
        return new Multiboot(file, List.of(), "");
    }

    /**
     * Adds a module, behind those added before.
     *
     * @param string what the kernel is told about it, as it stands here
     */
    public Multiboot module(Path file, String string) {
        Stream<BootModule> all = Stream.concat(modules.stream(), Stream.of(new BootModule("module", file, string)));
        return new Multiboot(kernel, all.toList(), commandLine);
    }

    /** Sets the kernel's command line. It is passed on as it stands here: some kernels want their name in front. */
    public Multiboot commandLine(String text) {
        return new Multiboot(kernel, modules, text);
    }

    @Override
    public EntryState load(BootContext context) {
        try (ImageFile file = ImageFile.open("kernel", kernel)) {
            MultibootHeader header = MultibootHeader.find(file).orElseThrow(() -> notMultiboot(file));
            return MultibootKernel.of(file, header).load(context, new BootFiles(commandLine, modules));
        }
    }

    private static ConfigException notMultiboot(ImageFile file) {
        return file.broken("is not a multiboot kernel: it has no multiboot header in its first 8 KiB");
    }

    @Override
    public String describe() {
        return "multiboot " + kernel;
    }

    @Override
    public String toString() {
        return describe();
    }
}
