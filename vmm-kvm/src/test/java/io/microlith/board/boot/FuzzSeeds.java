// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import static java.util.Map.entry;

import java.util.Map;

/** Small files that are well-formed, one of each way a kernel can be: where the search for hostile ones begins. */
final class FuzzSeeds {
    private static final int LOAD = 0x10_0000;

    private static final byte[] CODE = Samples.bytes(1, 64);

    /** By path below the test resources of this package. */
    static final Map<String, byte[]> ALL = Map.ofEntries(
            entry("BzImageFuzzTestInputs/load/relocatable", bzImage(1)),
            entry("BzImageFuzzTestInputs/load/fixed", bzImage(0)),
            entry("ElfFuzzTestInputs/load/elf64", elf(ElfBuilder.of64(), CODE).build()),
            entry("ElfFuzzTestInputs/load/pvh64", pvh(ElfBuilder.of64())),
            entry("ElfFuzzTestInputs/load/pvh32", pvh(ElfBuilder.of32())),
            entry(
                    "MultibootFuzzTestInputs/load/elf32",
                    elf(ElfBuilder.of32(), multibootText()).build()),
            entry("MultibootFuzzTestInputs/load/addresses", multibootFile(0, 0)),
            entry("MultibootFuzzTestInputs/load/bss", multibootFile(LOAD + 64, LOAD + 0x1000)),
            entry("KernelBootFuzzTestInputs/load/bzimage", bzImage(1)),
            entry("KernelBootFuzzTestInputs/load/pvh", pvh(ElfBuilder.of64())),
            entry("KernelBootFuzzTestInputs/load/multiboot", multibootFile(0, 0)));

    private FuzzSeeds() {}

    private static byte[] bzImage(int relocatable) {
        return new BzImageBuilder(Samples.bytes(2, 0x240))
                .relocatable(relocatable)
                .prefAddress(LOAD)
                .alignment(0x1000)
                .initSize(0x2000)
                .build();
    }

    private static ElfBuilder elf(ElfBuilder builder, byte[] text) {
        return builder.entry(LOAD).load(LOAD, LOAD, text, 0x1000).load(0x8020_0000L, 0x20_0000, CODE, CODE.length);
    }

    private static byte[] pvh(ElfBuilder builder) {
        return elf(builder, CODE)
                .notes(ElfBuilder.note("GNU", 3, new byte[20]), ElfBuilder.pvhNote(LOAD + 4))
                .build();
    }

    private static byte[] multibootText() {
        return MultibootBuilder.file(0, MultibootBuilder.header(MultibootBuilder.ALIGN), CODE);
    }

    private static byte[] multibootFile(int loadEnd, int bssEnd) {
        byte[] header =
                MultibootBuilder.header(MultibootBuilder.ADDRESSES, LOAD + 16, LOAD, loadEnd, bssEnd, LOAD + 48);
        return MultibootBuilder.file(16, header, CODE);
    }
}
