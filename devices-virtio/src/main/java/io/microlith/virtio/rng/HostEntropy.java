// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.rng;

import io.microlith.linux.Fd;
import io.microlith.linux.IoVector;
import io.microlith.linux.PosixIo;
import java.nio.file.Path;

/** The host's random numbers, which the kernel puts straight into guest memory. */
final class HostEntropy implements EntropySource {
    private static final Path URANDOM = Path.of("/dev/urandom");

    private final Fd urandom = Fd.open(URANDOM, Fd.O_RDONLY);

    @Override
    public long fill(IoVector buffers) {
        return PosixIo.readv(urandom, buffers);
    }

    @Override
    public void close() {
        urandom.close();
    }
}
