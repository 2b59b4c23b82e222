// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.memory.PackedPages;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * What a memory file has if it has not all pages: those that changed since another snapshot, one after the other.
 *
 * @param directory the name of that one's directory, which is beside this one's
 * @param base what tells it from any other
 * @param pages which they are
 */
record ChangesSection(String directory, Fingerprint base, PackedPages pages) implements DeviceState {
    private static final int VERSION = 1;
    private static final int LONGEST_NAME = 255;
    private static final StateCheck CHECK = StateCheck.of("ChangesSection");

    /** Reads and checks one, but for how many pages there are. */
    static ChangesSection read(StateReader reader) {
        String directory = new String(reader.getBytes(1), StandardCharsets.UTF_8);
        byte[] base = reader.getBytes(2);
        CHECK.require("directory", directory, isName(directory), "the name of a directory beside this one")
                .require("base", base.length + " bytes", base.length == Fingerprint.SIZE, Fingerprint.SIZE + " bytes");
        PackedPages pages = new PackedPages(BitSet.valueOf(reader.getBytes(3)));
        return new ChangesSection(directory, Fingerprint.read(ByteBuffer.wrap(base)), pages);
    }

    /** The pages, of a memory that has so many bytes. */
    PackedPages pagesOf(long memory) {
        int last = pages.toBitSet().length() - 1;
        CHECK.require("pages", last, last < memory / MemoryImage.PAGE, "one of " + memory / MemoryImage.PAGE);
        return pages;
    }

    /** Whether a name leads nowhere but to something in the same directory. */
    static boolean isName(String name) {
        return !name.isEmpty()
                && name.length() <= LONGEST_NAME
                && !name.equals(".")
                && !name.equals("..")
                && name.indexOf('/') < 0
                && name.indexOf('\0') < 0;
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        ByteBuffer fingerprint = ByteBuffer.allocate(Fingerprint.SIZE);
        base.writeTo(fingerprint);
        writer.putBytes(1, directory.getBytes(StandardCharsets.UTF_8))
                .putBytes(2, fingerprint.array())
                .putBytes(3, pages.toBitSet().toByteArray());
    }
}
