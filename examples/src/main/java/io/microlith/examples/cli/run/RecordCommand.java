// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.examples.cli.command.Arguments;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.snapshot.Recording;
import io.microlith.snapshot.WorkingSet;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmListener;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code record}: finds out which pages a guest wants when it goes on, for those that are restored after it. */
public final class RecordCommand implements Command {
    private static final String UNTIL = "--until";
    private static final String SECONDS = "--seconds";

    /** Makes the command. */
    public RecordCommand() {}

    @Override
    public String name() {
        return "record";
    }

    @Override
    public String summary() {
        return "Find out which memory a saved guest wants first, so that it is there when the next one is restored.";
    }

    @Override
    public int run(List<String> arguments, Console console) {
        return Arguments.run(describe(), arguments, console, options -> run(options, console));
    }

    private CommandSpec describe() {
        CommandSpec spec = Arguments.describe(this);
        spec.addOption(OptionSpec.builder(UNTIL)
                .paramLabel("TEXT")
                .type(String.class)
                .description("Ends when the guest has printed this: its first answer, perhaps. It ends, too, when the"
                        + " guest says that it has answered, by writing 1 to port 0xf5.")
                .build());
        spec.addOption(OptionSpec.builder(SECONDS)
                .paramLabel("N")
                .type(Integer.class)
                .description("Ends after so long. Without either: when the guest ends, or Ctrl-A x.")
                .build());
        SavedGuest.describe(spec);
        spec.usageMessage()
                .footer(
                        "The guest gets the same devices again: give them as they were given to 'run', in the same order."
                                + " It goes on, and writes to its disks: give those an overlay, and remove it afterwards, for"
                                + " the snapshot belongs to what they have now.");
        return spec;
    }

    private static int run(ParseResult options, Console console) {
        SavedGuest saved = SavedGuest.read(options);
        Recording recording = new Recording(saved.snapshot());
        int status =
                SessionOptions.read(options).run((kvm, guest) -> build(kvm, guest, saved, recording, options), console);
        WorkingSet set = recording.save();
        console.err()
                .println("microlith: recorded " + set.size() + " pages in "
                        + saved.snapshot().directory());
        return status;
    }

    private static Vm build(
            Hypervisor kvm, GuestConsole guest, SavedGuest saved, Recording recording, ParseResult options) {
        Runnable end = () -> {
            recording.stop();
            guest.leave();
        };
        String text = options.matchedOptionValue(UNTIL, null);
        if (text != null) {
            guest.whenPrinted(text, end);
        }
        Integer seconds = options.matchedOptionValue(SECONDS, null);
        if (seconds != null) {
            CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS).execute(end);
        }
        return saved.build(kvm, guest, recording, new VmListener() {
            @Override
            public void onResponded() {
                // Which has ended the recording.
                guest.leave();
            }
        });
    }
}
