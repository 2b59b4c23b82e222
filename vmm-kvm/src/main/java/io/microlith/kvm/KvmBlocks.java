// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.microlith.kvm.abi.KvmIoctl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** State structs as bytes. */
final class KvmBlocks {
    private KvmBlocks() {}

    /**
     * Reads a struct.
     *
     * @param first what its first word says when it is asked for
     */
    static byte[] get(KvmFile file, KvmIoctl request, long size, int first) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(size, Long.BYTES);
            block.set(JAVA_INT, 0, first);
            file.call(request, block, () -> "size=" + size);
            return block.toArray(JAVA_BYTE);
        }
    }

    /**
     * Writes a struct.
     *
     * @param size how many bytes KVM reads
     */
    static void set(KvmFile file, KvmIoctl request, byte[] bytes, long size) {
        if (bytes.length != size) {
            throw new IllegalArgumentException(
                    request + " takes " + size + " bytes, not " + bytes.length + ": the state is of another host");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(size, Long.BYTES);
            block.copyFrom(MemorySegment.ofArray(bytes));
            file.call(request, block, () -> "size=" + size);
        }
    }
}
