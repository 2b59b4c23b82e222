// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What an embedder decides about a console device.
 *
 * @param terminal opens what the guest's own console, Linux's {@code hvc0}, is connected to; empty if the guest is to
 *     have none. Closed with the device
 * @param size how large the terminal is
 * @param ports what else there is: at most {@value #MAX_PORTS}
 * @param setup what all virtio devices have to be told
 * @param events whom to tell what happens
 */
public record ConsoleConfig(
        Optional<Supplier<PortBackend>> terminal,
        TerminalSize size,
        List<ConsolePort> ports,
        VirtioSetup setup,
        ConsoleEvents events) {
    /** The most ports beside the terminal. */
    public static final int MAX_PORTS = 30;

    /** Refuses what no console can have. */
    public ConsoleConfig {
        ports = List.copyOf(ports);
        if (ports.size() > MAX_PORTS) {
            throw new ConfigException("console.port", ports.size() + " are more than " + MAX_PORTS);
        }
        if (terminal.isEmpty() && ports.isEmpty()) {
            throw new ConfigException("console", "it has neither a terminal nor a port: give it one");
        }
        Set<String> names = new HashSet<>();
        for (ConsolePort port : ports) {
            if (!names.add(port.name())) {
                throw new ConfigException("console.port", "two are named '" + port.name() + "'");
            }
        }
    }

    /** A console with a terminal and no ports. */
    public static ConsoleConfig of(Supplier<PortBackend> backend) {
        return new ConsoleConfig(
                Optional.of(backend), TerminalSize.unknown(), List.of(), VirtioSetup.DEFAULT, ConsoleEvents.NONE);
    }

    /** A device with ports and no terminal. */
    public static ConsoleConfig ports(List<ConsolePort> ports) {
        return new ConsoleConfig(
                Optional.empty(), TerminalSize.unknown(), ports, VirtioSetup.DEFAULT, ConsoleEvents.NONE);
    }

    /** The same with another terminal. */
    public ConsoleConfig terminal(Supplier<PortBackend> backend) {
        return new ConsoleConfig(Optional.of(backend), size, ports, setup, events);
    }

    /** The same with a size that can be changed. */
    public ConsoleConfig size(TerminalSize other) {
        return new ConsoleConfig(terminal, other, ports, setup, events);
    }

    /** The same with one more port. */
    public ConsoleConfig port(ConsolePort port) {
        List<ConsolePort> all = new ArrayList<>(ports);
        all.add(port);
        return new ConsoleConfig(terminal, size, all, setup, events);
    }

    /** The same with another transport or loop. */
    public ConsoleConfig setup(VirtioSetup other) {
        return new ConsoleConfig(terminal, size, ports, other, events);
    }

    /** The same with somebody who is told what happens. */
    public ConsoleConfig events(ConsoleEvents hearer) {
        return new ConsoleConfig(terminal, size, ports, setup, hearer);
    }
}
