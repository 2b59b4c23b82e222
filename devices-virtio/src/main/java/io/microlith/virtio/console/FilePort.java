// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.linux.Fd;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.event.EventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A port whose output goes to a file, straight from guest memory; the guest reads nothing from it. What a full disk
 * does not take is lost, and the log says so.
 */
public final class FilePort implements PortBackend {
    private final Fd file;

    private FilePort(Fd file) {
        this.file = file;
    }

    /**
     * Makes a file, or empties the one that is there.
     *
     * @throws ConfigException if it cannot be written
     */
    public static FilePort create(Path path) {
        try {
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw new ConfigException("console.file", path + " is no file: give the path of one, or of none");
            }
            Files.newOutputStream(path).close();
            return on(Fd.open(path, Fd.O_RDWR));
        } catch (IOException | SystemCallException e) {
            throw new ConfigException("console.file", path + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** A port on a file that is open, and that it then owns. */
    static FilePort on(Fd file) {
        return new FilePort(file);
    }

    @Override
    public void start(PortLink link, EventLoop loop) {
        link.hostOpened();
    }

    @Override
    public long read(PortBuffer into) {
        return 0;
    }

    @Override
    public long write(PortBuffer from) {
        return PosixIo.writev(file, from.vector());
    }

    @Override
    public void close() {
        file.close();
    }
}
