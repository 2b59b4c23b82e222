// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.GuestMemory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A kernel's command line: bytes with a zero at the end. */
final class CommandLine {
    /** The most bytes there is room for, without the zero. */
    static final long LONGEST = BootLayout.COMMAND_LINE.size() - 1;

    /**
     * The most bytes a Linux kernel for x86 takes that does not say itself: {@code COMMAND_LINE_SIZE} of
     * {@code asm/setup.h}, less the zero.
     */
    static final long LONGEST_OF_LINUX = 2047;

    private CommandLine() {}

    /**
     * Writes a command line to where {@link BootLayout} has it.
     *
     * @param limit the most bytes the kernel takes, without the zero
     */
    static void write(String text, long limit, GuestMemory memory) {
        byte[] bytes = encode("cmdline", text);
        long most = Math.min(limit, LONGEST);
        if (bytes.length - 1 > most) {
            throw new ConfigException(
                    "cmdline",
                    "is too long: " + (bytes.length - 1) + " bytes, and this kernel takes at most " + most
                            + ": shorten it");
        }
        memory.write(BootLayout.COMMAND_LINE.base(), bytes);
    }

    /** The bytes of a string with a zero behind them, for a protocol that ends strings so. */
    static byte[] encode(String setting, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new ConfigException(setting, "holds a zero character, which would end it: leave it out");
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }
}
