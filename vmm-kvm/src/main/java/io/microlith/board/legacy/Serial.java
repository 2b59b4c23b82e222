// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.linux.Pollable;
import io.microlith.linux.PosixIo;
import io.microlith.vmm.device.DeviceSpec;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Serial ports to give to a machine. The first one is COM1, which Linux calls {@code ttyS0}, the next one COM2, and so
 * on; {@link #with} takes one of another place.
 *
 * <p>Input reaches the guest while the guest asserts "request to send", as Linux does while a program has the port
 * open: what is typed earlier waits.
 */
public final class Serial {
    private Serial() {}

    /** A port whose output goes to a stream, with no input. */
    public static DeviceSpec<SerialConfig> to(OutputStream output) {
        return with(SerialConfig.to(output));
    }

    /** A port between a wire the embedder pushes into and a stream. */
    public static DeviceSpec<SerialConfig> console(SerialInput input, OutputStream output) {
        return with(SerialConfig.to(output).input(input));
    }

    /**
     * A port between two streams.
     *
     * <p>A daemon thread reads {@code input}. When the VM closes it is interrupted; if the stream's {@code read} does
     * not heed that, the thread ends when the read returns, and what was read is lost. {@link System#in}, of which that
     * is true, is therefore asked every few milliseconds whether something is {@linkplain InputStream#available
     * available}, and its thread always ends at once. For a terminal, prefer {@link #stdio}, which needs no thread.
     */
    public static DeviceSpec<SerialConfig> console(InputStream input, OutputStream output) {
        return with(SerialConfig.to(output).source(new StreamSource(input)));
    }

    /**
     * A port between a descriptor and a stream. The descriptor is read on the VM's event loop, when it has something;
     * it stays the caller's and open until the VM is closed. It may be a terminal, a pipe, a socket or a file.
     */
    public static DeviceSpec<SerialConfig> console(Pollable input, OutputStream output) {
        return with(SerialConfig.to(output).source(new DescriptorSource(input)));
    }

    /** A port on the process's standard input and output. */
    public static DeviceSpec<SerialConfig> stdio() {
        return console(PosixIo.STDIN, System.out);
    }

    /** A port of any configuration. */
    public static DeviceSpec<SerialConfig> with(SerialConfig config) {
        return new DeviceSpec<>(new SerialFactory(), config);
    }
}
