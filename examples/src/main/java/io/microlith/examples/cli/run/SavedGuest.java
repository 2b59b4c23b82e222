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
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * A guest in a snapshot, and what the host has for it.
 *
 * @param snapshot the snapshot
 * @param options its board, devices and console
 */
record SavedGuest(Snapshot snapshot, ParseResult options) {
    static void describe(CommandSpec spec) {
        spec.addPositional(Arguments.path(0, "SNAPSHOT", "The snapshot's directory."));
        spec.addOption(BoardOption.describe("The board that the guest was on: pc or lean."));
        DeviceOptions.describe(spec);
        SessionOptions.describe(spec);
        spec.usageMessage()
                .footer(
                        "The guest gets the same devices again: give them as they were given to 'run', in the same order.");
    }

    static SavedGuest read(ParseResult options) {
        return new SavedGuest(Snapshot.open(options.matchedPositionalValue(0, Path.of(""))), options);
    }

    /** Makes the machine again. */
    Vm build(Hypervisor kvm, GuestConsole guest, RestoreStrategy strategy) {
        VmBuilder builder = VmBuilder.on(kvm);
        DeviceOptions.read(options).forEach(builder::device);
        guest.addTo(builder, DeviceOptions.console(options));
        return builder.board(new PcBoard().without(BoardOption.missing(options).toArray(PcPart[]::new)))
                .restore(snapshot.restoration(strategy))
                .build();
    }
}
