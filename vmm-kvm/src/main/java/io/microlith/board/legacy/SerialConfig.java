// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import java.io.OutputStream;
import java.util.Optional;

/**
 * What an embedder decides about a serial port. The stream stays the embedder's: nothing closes it.
 *
 * @param output where the guest's bytes go; flushed about a millisecond after a byte that nothing follows
 * @param input the wire that the embedder pushes into, or empty for one that only {@code source} knows
 * @param source what feeds the wire
 * @param port where the port is, or empty for the next free one of COM1 to COM4
 * @param events whom to tell what happens
 */
public record SerialConfig(
        OutputStream output,
        Optional<SerialInput> input,
        SerialSource source,
        Optional<SerialPort> port,
        SerialEvents events) {
    /** A port that only sends. */
    public static SerialConfig to(OutputStream output) {
        return new SerialConfig(output, Optional.empty(), SerialSource.NONE, Optional.empty(), SerialEvents.NONE);
    }

    /** The same with input that the embedder pushes. */
    public SerialConfig input(SerialInput wire) {
        return new SerialConfig(output, Optional.of(wire), source, port, events);
    }

    /** The same with input that comes from somewhere. */
    public SerialConfig source(SerialSource feeder) {
        return new SerialConfig(output, input, feeder, port, events);
    }

    /** The same at a given place. */
    public SerialConfig at(SerialPort place) {
        return new SerialConfig(output, input, source, Optional.of(place), events);
    }

    /** The same with somebody who is told what happens. */
    public SerialConfig events(SerialEvents hearer) {
        return new SerialConfig(output, input, source, port, hearer);
    }
}
