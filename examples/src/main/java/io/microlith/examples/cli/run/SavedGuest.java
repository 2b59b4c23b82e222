// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.board.PcBoard;
import io.microlith.board.PcPart;
import io.microlith.examples.cli.command.Arguments;
import io.microlith.snapshot.RestoreStrategy;
import io.microlith.snapshot.Snapshot;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmListener;
import io.microlith.vmm.device.DeviceRequest;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * A guest in a snapshot, and what the host has for it.
 *
 * @param snapshot the snapshot
 * @param options its board, devices and console
 */
record SavedGuest(Snapshot snapshot, ParseResult options) {
    /** Adds the arguments for the guest's machine, and not those for a session with it. */
    static void describeMachine(CommandSpec spec) {
        spec.addPositional(Arguments.path(0, "SNAPSHOT", "The snapshot's directory."));
        spec.addOption(BoardOption.describe("The board that the guest was on: pc or lean."));
        DeviceOptions.describe(spec);
    }

    static void describe(CommandSpec spec) {
        describeMachine(spec);
        SessionOptions.describe(spec);
        spec.usageMessage()
                .footer(
                        "The guest gets the same devices again: give them as they were given to 'run', in the same order.");
    }

    static SavedGuest read(ParseResult options) {
        return new SavedGuest(Snapshot.open(options.matchedPositionalValue(0, Path.of(""))), options);
    }

    /** Makes the machine again, and has somebody hear what happens to it. */
    Vm build(Hypervisor kvm, GuestConsole guest, RestoreStrategy strategy, VmListener listener) {
        VmBuilder builder = on(kvm, DeviceOptions.read(options));
        guest.addTo(builder, DeviceOptions.console(options));
        return builder.restore(snapshot.restoration(strategy))
                .listener(listener)
                .build();
    }

    /** Begins the machine again, with its board and devices, and without a console. */
    VmBuilder on(Hypervisor kvm, List<DeviceRequest> devices) {
        VmBuilder builder = VmBuilder.on(kvm)
                .board(new PcBoard().without(BoardOption.missing(options).toArray(PcPart[]::new)));
        devices.forEach(builder::device);
        return builder;
    }
}
