// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.GuestMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Loads files that may be anything, and checks what holds for any: it ends in an entry state or in a
 * {@link ConfigException}, costs no more Java memory than the file's size and a constant, and leaves alone what no
 * loader may touch.
 */
final class HostileFile implements AutoCloseable {
    /** Headers, notes, zero page, module list, messages. */
    private static final long ALLOCATION_LIMIT = 512 << 10;

    private static final byte UNTOUCHED = (byte) 0xa5;

    private static final List<AddressRange> FORBIDDEN = List.of(
            new AddressRange(0, 0x1000),
            BootLayout.DESCRIPTOR_TABLES,
            BootLayout.PAGE_TABLES,
            new AddressRange(0x9_fc00, 0x10_0000 - 0x9_fc00));

    private final FakeMachine machine = FakeMachine.ofMebibytes(4);
    private final GuestMemory memory = machine.memory();
    private final BootContext context = machine.context();
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final MemorySegment untouched =
            MemorySegment.ofArray(new byte[1 << 20]).fill(UNTOUCHED);
    private final Path kernel;
    private final Path initrd;

    HostileFile() {
        try {
            kernel = Files.createTempFile("kernel", null);
            initrd = Samples.write(Files.createTempFile("initrd", null), Samples.bytes(7, 5000));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        FORBIDDEN.forEach(range -> memory.slice(range.base(), range.size()).fill(UNTOUCHED));
    }

    /** A file of 5000 bytes to be given beside the kernel. */
    Path initrd() {
        return initrd;
    }

    /**
     * Loads a file.
     *
     * @return the state to enter it in, or empty if it was refused
     */
    Optional<EntryState> load(byte[] content, Function<Path, BootProtocol> boot) {
        BootProtocol protocol = boot.apply(Samples.write(kernel, content));
        long before = threads.getCurrentThreadAllocatedBytes();
        Optional<EntryState> state = load(protocol);
        if (threads.getCurrentThreadAllocatedBytes() - before > ALLOCATION_LIMIT) {
            // Perhaps the JVM linked code that never ran before. It does so once.
            before = threads.getCurrentThreadAllocatedBytes();
            state = load(protocol);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated).isLessThan(content.length + ALLOCATION_LIMIT);
        }
        FORBIDDEN.forEach(this::checkUntouched);
        return state;
    }

    private Optional<EntryState> load(BootProtocol protocol) {
        try {
            EntryState state = protocol.load(context);
            assertThat(memory.contains(state.rip(), 1)).isTrue();
            assertThat(BootLayout.BOOT_STRUCTURES.contains(state.rip(), 1)).isFalse();
            return Optional.of(state);
        } catch (ConfigException e) {
            assertThat(e.getMessage()).doesNotContain("\n");
            return Optional.empty();
        }
    }

    private void checkUntouched(AddressRange range) {
        MemorySegment before = untouched.asSlice(0, range.size());
        long at = before.mismatch(memory.slice(range.base(), range.size()));
        assertThat(at).as("first changed byte of %s", range).isEqualTo(-1);
    }

    @Override
    public void close() {
        machine.close();
        try {
            Files.delete(kernel);
            Files.delete(initrd);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
