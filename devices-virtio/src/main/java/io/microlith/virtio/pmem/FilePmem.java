// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pmem;

import io.microlith.linux.Errno;
import io.microlith.linux.Fd;
import io.microlith.linux.Mapping;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.error.ConfigException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Persistent memory in a file, or on a block device, that is mapped as it is: the guest works in the host's page cache.
 *
 * <p>Whoever makes the file shorter meanwhile takes memory away from the guest. Nothing here touches it, so this
 * process lives; a flush is an error from then on, and the VM ends, within about a second.
 */
public final class FilePmem implements PmemBackend {
    private final Fd file;
    private final Arena arena;
    private final MemorySegment memory;
    private final Access access;

    /** What the guest may do. */
    public enum Access {
        /** Read, and nothing else. */
        READ_ONLY,
        /** Read and write. */
        READ_WRITE
    }

    private FilePmem(Fd file, Arena arena, MemorySegment memory, Access access) {
        this.file = file;
        this.arena = arena;
        this.memory = memory;
        this.access = access;
    }

    /**
     * Maps a file or block device.
     *
     * @throws ConfigException if it cannot be opened, or is not a multiple of {@link PmemDevice#ALIGNMENT} in size
     */
    public static FilePmem open(Path path, Access access) {
        Fd file;
        try {
            file = Fd.open(path, access == Access.READ_ONLY ? Fd.O_RDONLY : Fd.O_RDWR);
        } catch (SystemCallException e) {
            throw new ConfigException("pmem.path", path + " cannot be opened: " + e.getMessage(), e);
        }
        Arena arena = Arena.ofShared();
        boolean mapped = false;
        try {
            FilePmem pmem = new FilePmem(file, arena, map(file, path, access, arena), access);
            mapped = true;
            return pmem;
        } finally {
            if (!mapped) {
                arena.close();
                file.close();
            }
        }
    }

    private static MemorySegment map(Fd file, Path path, Access access, Arena arena) {
        long size = Files.isDirectory(path) ? -Errno.EINVAL : PosixIo.size(file);
        if (size <= 0 || size % PmemDevice.ALIGNMENT != 0) {
            throw new ConfigException(
                    "pmem.path",
                    path + " is not a file or block device of some times 2 MiB: try truncate --size %2M " + path);
        }
        try {
            return access == Access.READ_ONLY
                    ? Mapping.readOnly(file, 0, size, arena)
                    : Mapping.shared(file, 0, size, arena);
        } catch (SystemCallException e) {
            throw new ConfigException("pmem.path", path + " cannot be mapped: " + e.getMessage(), e);
        }
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public boolean isReadOnly() {
        return access == Access.READ_ONLY;
    }

    @Override
    public int flush() {
        // What was cut off cannot be kept, and the system call would not say so.
        return isWhole() ? PosixIo.dataSync(file) : -Errno.EIO;
    }

    @Override
    public boolean isWhole() {
        return PosixIo.size(file) >= memory.byteSize();
    }

    @Override
    public void close() {
        arena.close();
        file.close();
    }
}
