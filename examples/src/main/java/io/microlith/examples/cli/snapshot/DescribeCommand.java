// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.snapshot;

import io.microlith.examples.cli.command.Arguments;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.ExitStatus;
import io.microlith.examples.cli.command.KvmOption;
import io.microlith.snapshot.Snapshot;
import io.microlith.snapshot.SnapshotOutline;
import io.microlith.snapshot.SnapshotProgress;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.error.HypervisorException;
import io.microlith.vmm.memory.Size;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code describe}: says what a snapshot has, and what keeps it from going on here. */
public final class DescribeCommand implements Command {
    private static final String CHECK = "--check";
    private static final String CONTENT = "--content";

    /** Makes the command. */
    public DescribeCommand() {}

    @Override
    public String name() {
        return "describe";
    }

    @Override
    public String summary() {
        return "Say what a snapshot has, and whether it can go on here.";
    }

    @Override
    public int run(List<String> arguments, Console console) {
        CommandSpec spec = Arguments.describe(this);
        spec.addPositional(Arguments.path(0, "SNAPSHOT", "The snapshot's directory."));
        spec.addOption(OptionSpec.builder(CHECK)
                .description("End with status 2 if it cannot go on on this host, be it that the host has no KVM.")
                .build());
        spec.addOption(OptionSpec.builder(CONTENT)
                .description("Read all of its memory, too, and end with status 2 if that is not what was written.")
                .build());
        KvmOption.addTo(spec);
        return Arguments.run(spec, arguments, console, options -> run(options, console.out()));
    }

    private static int run(ParseResult options, PrintStream out) {
        Path directory = options.matchedPositionalValue(0, Path.of(""));
        SnapshotOutline outline = Snapshot.outline(directory);
        if (!outline.isReadable()) {
            list(outline, out);
            // It is neither seen to fit this host nor to be as it was written.
            boolean asked = options.hasMatchedOption(CHECK) || options.hasMatchedOption(CONTENT);
            return asked ? ExitStatus.HOST_PROBLEM : ExitStatus.OK;
        }
        boolean fits = open(directory, options, out);
        return fits || !options.hasMatchedOption(CHECK) ? ExitStatus.OK : ExitStatus.HOST_PROBLEM;
    }

    /** What a newer program wrote can be listed, and no more. */
    private static void list(SnapshotOutline outline, PrintStream out) {
        out.println("id       " + outline.id());
        out.println("format   " + outline.format() + ", architecture " + outline.architecture()
                + ": this program cannot open it");
        outline.sections()
                .forEach(section -> out.printf(
                        "section  %-5d %-24s %d bytes%n",
                        section.type(), section.name(), section.content().length()));
    }

    private static boolean open(Path directory, ParseResult options, PrintStream out) {
        Snapshot snapshot = Snapshot.open(directory);
        print(snapshot, out);
        if (options.hasMatchedOption(CONTENT)) {
            checkContent(snapshot, out);
        }
        return compare(snapshot, options, out);
    }

    private static void print(Snapshot snapshot, PrintStream out) {
        out.println("id       " + snapshot.id());
        out.println("vm       " + snapshot.config().id());
        out.println("saved    " + snapshot.savedAt());
        out.println("memory   " + snapshot.config().memory());
        snapshot.memory().ranges().forEach(range -> out.println("         " + range));
        snapshot.left().forEach(range -> out.println("         without " + range));
        for (Path file : snapshot.memory().files()) {
            out.println("file     " + file);
        }
        snapshot.base().ifPresent(base -> out.println("changes  " + snapshot.ownPages() + " pages since " + base.id()));
        if (snapshot.memory().isCompressed()) {
            out.println("         compressed");
        }
        out.println("vcpus    " + snapshot.config().vcpus());
        snapshot.state()
                .parts()
                .forEach(part -> out.printf(
                        "part     %-24s version %d, %d bytes%n",
                        part.name(), part.read().version(), part.state().length()));
    }

    private static void checkContent(Snapshot snapshot, PrintStream out) {
        long unknown = snapshot.checkMemory(SnapshotProgress.NONE);
        out.println("content  as it was written"
                + (unknown == 0
                        ? ""
                        : ", as far as anybody can say: there are no checksums of " + Size.bytes(unknown)));
    }

    private static boolean compare(Snapshot snapshot, ParseResult options, PrintStream out) {
        try (Hypervisor kvm = KvmOption.read(options).open()) {
            List<HostDifference> differences = snapshot.differences(kvm);
            out.println("host     " + (differences.isEmpty() ? "it can go on here" : "it cannot go on here"));
            differences.forEach(difference -> out.println("         " + difference));
            return differences.isEmpty();
        } catch (HypervisorException e) {
            out.println("host     not compared: " + e.getMessage());
            return false;
        }
    }
}
