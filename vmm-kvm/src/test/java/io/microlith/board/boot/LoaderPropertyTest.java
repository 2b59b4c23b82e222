// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/** Well-formed files with damage: {@link HostileFile} checks what holds for any file. */
class LoaderPropertyTest {
    private static final HostileFile FILES = new HostileFile();

    /** Headers are in the first bytes; of a bzImage, from 0x1f1 on. */
    private static final int HEADERS = 0x290;

    record Damage(int offset, int width, long value) {
        void apply(byte[] file) {
            ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
            int at = Math.min(offset, file.length - Long.BYTES);
            switch (width) {
                case 1 -> bytes.put(at, (byte) value);
                case 2 -> bytes.putShort(at, (short) value);
                case 4 -> bytes.putInt(at, (int) value);
                default -> bytes.putLong(at, value);
            }
        }
    }

    @AfterContainer
    static void close() {
        FILES.close();
    }

    @Property(tries = 500)
    void load_damagedFile_isLoadedOrRefused(@ForAll("seeds") byte[] seed, @ForAll("damages") List<Damage> damages) {
        byte[] file = seed.clone();
        damages.forEach(damage -> damage.apply(file));
        var _ = FILES.load(file, path -> KernelBoot.kernel(path).initrd(FILES.initrd()));
        var _ = FILES.load(file, path -> Multiboot.kernel(path).module(FILES.initrd(), "x"));
    }

    @Property(tries = 100)
    void load_asAFlatImage_isLoadedOrRefused(
            @ForAll("seeds") byte[] seed, @ForAll CpuMode mode, @ForAll("addresses") long address) {
        var _ = FILES.load(seed, path -> FlatImage.file(path).at(address).mode(mode));
    }

    @Property(tries = 200)
    void load_truncatedFile_isLoadedOrRefused(@ForAll("seeds") byte[] seed, @ForAll("lengths") int length) {
        byte[] file = Arrays.copyOf(seed, Math.min(length, seed.length));
        var _ = FILES.load(file, path -> KernelBoot.kernel(path).initrd(FILES.initrd()));
        var _ = FILES.load(file, path -> Multiboot.kernel(path).module(FILES.initrd(), "x"));
    }

    @Provide
    Arbitrary<byte[]> seeds() {
        return Arbitraries.of(List.copyOf(FuzzSeeds.ALL.values()));
    }

    /** Without low memory, where an embedder may put an image onto what no kernel's file may overwrite. */
    @Provide
    Arbitrary<Long> addresses() {
        return Arbitraries.oneOf(
                Arbitraries.longs().filter(address -> address < 0 || address >= 0x10_0000),
                Arbitraries.longs().between(0x10_0000, 0x50_0000),
                Arbitraries.of(-1L, 1L << 32));
    }

    @Provide
    Arbitrary<Integer> lengths() {
        return Arbitraries.integers().between(0, 2048);
    }

    @Provide
    Arbitrary<List<Damage>> damages() {
        Arbitrary<Integer> offsets = Arbitraries.integers().between(0, HEADERS);
        Arbitrary<Integer> widths = Arbitraries.of(1, 2, 4, 8);
        Arbitrary<Long> values = Arbitraries.oneOf(
                Arbitraries.longs(),
                Arbitraries.longs().between(0, 0x1000),
                Arbitraries.of(
                        0L,
                        -1L,
                        Long.MAX_VALUE,
                        Long.MIN_VALUE,
                        0x7fff_ffffL,
                        0x8000_0000L,
                        0xffff_ffffL,
                        1L << 32,
                        0x10_0000L,
                        0x40_0000L,
                        0x3f_ffffL,
                        0x9_0000L,
                        0x7000L,
                        -0x1000L));
        return Combinators.combine(offsets, widths, values)
                .as(Damage::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
    }
}
