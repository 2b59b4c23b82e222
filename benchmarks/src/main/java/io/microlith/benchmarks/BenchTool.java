// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks;

import io.microlith.benchmarks.boot.BootBench;
import io.microlith.benchmarks.clones.CloneBench;
import io.microlith.benchmarks.create.CreateBench;
import io.microlith.benchmarks.device.BlkBench;
import io.microlith.benchmarks.device.NetBench;
import io.microlith.benchmarks.device.VsockBench;
import io.microlith.benchmarks.exit.ExitBench;
import io.microlith.benchmarks.harness.Bench;
import io.microlith.benchmarks.reap.ReapBench;
import io.microlith.benchmarks.restore.RestoreBench;
import io.microlith.benchmarks.startup.StartupBench;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;

/** The benchmarks for programs that find them by {@link ToolProvider#findFirst}, as the command line does. */
public final class BenchTool implements ToolProvider {
    private static final Path KVM = Path.of("/dev/kvm");
    private static final List<Bench> BENCHES = List.of(
            new ExitBench(),
            new CreateBench(),
            new BootBench(),
            new RestoreBench(),
            new StartupBench(),
            new BlkBench(),
            new NetBench(),
            new VsockBench(),
            new ReapBench(),
            new CloneBench());

    /** For {@link java.util.ServiceLoader}. */
    public BenchTool() {}

    @Override
    public String name() {
        return "microlith-bench";
    }

    @Override
    public int run(PrintWriter out, PrintWriter err, String... args) {
        return BenchCommand.commandLine(BENCHES, KVM, out, err).execute(args);
    }

    /** Runs the benchmarks as a program. */
    public static void main(String[] args) {
        System.exit(new BenchTool().run(System.out, System.err, args));
    }
}
