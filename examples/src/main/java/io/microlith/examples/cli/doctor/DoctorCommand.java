// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.doctor;

import io.microlith.examples.cli.command.Arguments;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.ExitStatus;
import io.microlith.kvm.KvmHypervisor;
import java.nio.file.Path;
import java.util.List;

/** {@code doctor}: what this host can do, and how to mend what it cannot. */
public final class DoctorCommand implements Command {
    /** Makes the command. */
    public DoctorCommand() {}

    @Override
    public String name() {
        return "doctor";
    }

    @Override
    public String summary() {
        return "Say what this host can do, and how to mend what it cannot.";
    }

    @Override
    public int run(List<String> arguments, Console console) {
        if (!arguments.isEmpty()
                && Arguments.parse(Arguments.describe(this), arguments, console).isEmpty()) {
            return ExitStatus.OK;
        }
        HostFiles host = new HostFiles(Path.of("/"));
        boolean root = "root".equals(System.getProperty("user.name"));
        List<Check> checks = List.of(
                PlatformCheck.ofThisJvm(),
                new JavaCheck(),
                new KvmCheck(KvmHypervisor::open),
                new ProcessorCheck(host, Runtime.getRuntime().availableProcessors()),
                new MemoryCheck(host),
                new FaultCheck(host, root),
                new NetworkCheck(host),
                new LimitCheck(host));
        return new Diagnosis(checks).print(console.out());
    }
}
