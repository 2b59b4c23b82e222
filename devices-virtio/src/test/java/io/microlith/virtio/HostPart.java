// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * A part of the host that a test has for itself: namespaces of the kernel, which a process holds for as long as this is
 * open. Only root may make one; for others the test is aborted, with a line that says so.
 */
public final class HostPart implements AutoCloseable {
    private final Process holder;

    private HostPart(Process holder) {
        this.holder = holder;
    }

    /** A network that is connected with nothing. */
    public static HostPart network() {
        return make("--net", "ip link set lo up");
    }

    /** A file system of a given size, at {@link #directory}, which nobody else sees. */
    public static HostPart fileSystem(int kibibytes) {
        return make("--mount", "mount -t tmpfs -o size=" + kibibytes + "k small /mnt");
    }

    private static HostPart make(String namespace, String preparation) {
        Process holder = start("unshare", namespace, "sh", "-c", preparation + " && echo ready && exec sleep 600")
                .orElse(null);
        if (holder == null || !"ready".equals(firstLine(holder))) {
            if (holder != null) {
                holder.destroy();
            }
            skip("only root can have a part of the host (unshare " + namespace + ": " + preparation + ")");
            throw new AssertionError("not reached");
        }
        return new HostPart(holder);
    }

    /** Aborts the test, and says why. */
    public static void skip(String why) {
        System.err.println("SKIPPED " + caller() + ": " + why);
        Assumptions.abort(why);
    }

    /** The test that is running. */
    private static String caller() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> frame.getClassName().endsWith("Test"))
                        .map(frame -> frame.getClassName().replaceAll(".*\\.", "") + "." + frame.getMethodName())
                        .findFirst()
                        .orElse("a test"));
    }

    /** The file system's directory, as this process sees it. */
    public Path directory() {
        return Path.of("/proc", Long.toString(holder.pid()), "root", "mnt");
    }

    /** The process that is in it. */
    public String pid() {
        return Long.toString(holder.pid());
    }

    /** Runs a command in the network; it has to succeed. */
    public void run(String... command) {
        List<String> all = new ArrayList<>(List.of("nsenter", "--target", pid(), "--net"));
        all.addAll(List.of(command));
        runHere(all.toArray(String[]::new));
    }

    /** Runs a command; it has to succeed. Returns its first line. */
    public static String runHere(String... command) {
        Process process = start(command).orElseThrow(() -> new AssertionError("there is no " + command[0]));
        String line = firstLine(process);
        int status = process.onExit().join().exitValue();
        if (status != 0) {
            throw new AssertionError(String.join(" ", command) + ": status " + status + ": " + line);
        }
        return line;
    }

    /** Starts a command, if there is such a program. */
    private static Optional<Process> start(String... command) {
        try {
            return Optional.of(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String firstLine(Process process) {
        try {
            String line = process.inputReader(StandardCharsets.UTF_8).readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        holder.destroyForcibly().onExit().join();
    }
}
