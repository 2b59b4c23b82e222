// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.doctor;

import io.microlith.examples.cli.command.Arguments;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.KvmOption;
import io.microlith.kvm.KvmHypervisor;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

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
        if (arguments.isEmpty()) {
            return run(KvmHypervisor::open, console);
        }
        return Arguments.run(
                KvmOption.addTo(Arguments.describe(this)),
                arguments,
                console,
                options -> run(KvmOption.read(options)::open, console));
    }

    private static int run(Supplier<KvmHypervisor> opener, Console console) {
        HostFiles host = new HostFiles(Path.of("/"));
        boolean root = "root".equals(System.getProperty("user.name"));
        List<Check> checks = List.of(
                PlatformCheck.ofThisJvm(),
                new JavaCheck(),
                new KvmCheck(opener),
                new ProcessorCheck(host, Runtime.getRuntime().availableProcessors()),
                new MemoryCheck(host),
                new FaultCheck(host, root),
                new NetworkCheck(host),
                new LimitCheck(host));
        return new Diagnosis(checks).print(console.out());
    }
}
