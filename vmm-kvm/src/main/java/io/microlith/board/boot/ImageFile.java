// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.GuestMemory;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file that is loaded into guest memory, open for reading. Nothing of it is held in Java memory but the headers asked
 * for; bulk goes from the file straight into guest memory.
 *
 * <p>For one thread. Each failure is a {@link ConfigException} for the setting that named the file.
 */
final class ImageFile implements AutoCloseable {
    /** The largest piece a {@link ByteBuffer} takes that is a multiple of a page. */
    private static final long CHUNK = 1L << 30;

    private final String setting;
    private final Path path;
    private final FileChannel channel;
    private final long size;

    private ImageFile(String setting, Path path, FileChannel channel, long size) {
        this.setting = setting;
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    /** Opens a file that is neither empty nor anything but a file: opening a pipe could wait for ever. */
    static ImageFile open(String setting, Path path) {
        try {
            if (!Files.exists(path)) {
                throw new NoSuchFileException(path.toString());
            }
            if (!Files.isRegularFile(path)) {
                throw new ConfigException(setting, path + " is not a regular file: name one");
            }
            FileChannel channel = FileChannel.open(path);
            try {
                long size = channel.size();
                if (size == 0) {
                    throw new ConfigException(setting, path + " is empty: name another");
                }
                return new ImageFile(setting, path, channel, size);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw unreadable(setting, path, e);
        }
    }

    private static ConfigException unreadable(String setting, Path path, IOException cause) {
        String why = switch (cause) {
            case NoSuchFileException _ -> " does not exist, or is in a directory that cannot be read: check the path";
            case AccessDeniedException _ -> " cannot be opened: permission denied; let this user read it";
            case EOFException _ -> " was truncated while it was read: copy it again";
            default -> " cannot be read: " + cause;
        };
        return new ConfigException(setting, path + why, cause);
    }

    String setting() {
        return setting;
    }

    /** The number of bytes, at least 1. */
    long size() {
        return size;
    }

    /** An exception about this file. */
    ConfigException broken(String problem) {
        return new ConfigException(setting, path + " " + problem);
    }

    /** Whether the file has {@code length} bytes at {@code offset}; both may be any 64 bits. */
    boolean has(long offset, long length) {
        return offset >= 0 && length >= 0 && offset <= size - length;
    }

    /**
     * Reads a header.
     *
     * @return its bytes, little-endian, from index 0
     */
    ByteBuffer read(String what, long offset, int length) {
        if (!has(offset, length)) {
            throw truncated(what, offset, length);
        }
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        try {
            fill(bytes, offset);
        } catch (IOException e) {
            throw unreadable(setting, path, e);
        }
        return bytes.flip();
    }

    /** Copies a part of the file into guest memory, which the caller has found to be there. */
    void copy(String what, long offset, long length, GuestMemory memory, long gpa) {
        if (!has(offset, length)) {
            throw truncated(what, offset, length);
        }
        MemorySegment target = memory.slice(gpa, length);
        try {
            for (long done = 0; done < length; done += CHUNK) {
                long piece = Math.min(CHUNK, length - done);
                fill(target.asSlice(done, piece).asByteBuffer(), offset + done);
            }
        } catch (IOException e) {
            throw unreadable(setting, path, e);
        }
    }

    private void fill(ByteBuffer buffer, long offset) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw new EOFException();
            }
        }
    }

    private ConfigException truncated(String what, long offset, long length) {
        return broken("is truncated or broken: its " + what + " should be " + Long.toUnsignedString(length)
                + " bytes at offset " + Long.toUnsignedString(offset) + ", and the file has " + size
                + ": copy or build it again");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw unreadable(setting, path, e);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
