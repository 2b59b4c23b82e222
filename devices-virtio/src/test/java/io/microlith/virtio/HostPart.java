// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.testkit.HostTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A part of the host that a test has for itself: namespaces of the kernel, which a process holds for as long as this is
 * open. Only root may make one, and not in every container; where the kernel refuses it, the test is aborted, with a
 * line that says so. What does the rest is a {@link HostTool}.
 */
public final class HostPart implements AutoCloseable {
    private static final HostTool UNSHARE = new HostTool("unshare", "util-linux");
    private static final HostTool IP = new HostTool("ip", "iproute2");
    private static final HostTool MOUNT = new HostTool("mount", "mount");

    private final Process holder;

    private HostPart(Process holder) {
        this.holder = holder;
    }

    /** A network that is connected with nothing. */
    public static HostPart network() {
        IP.require();
        return make("--net", "ip link set lo up");
    }

    /** A file system of a given size, at {@link #directory}, which nobody else sees. */
    public static HostPart fileSystem(int kibibytes) {
        MOUNT.require();
        return make("--mount", "mount -t tmpfs -o size=" + kibibytes + "k small /mnt");
    }

    private static HostPart make(String namespace, String preparation) {
        UNSHARE.require();
        Process holder = started(
                "unshare", namespace, "sh", "-c", "echo made; " + preparation + " && echo ready && exec sleep 600");
        String made = nextLine(holder);
        String ready = nextLine(holder);
        if (!ready.equals("ready")) {
            holder.destroy();
            skip(
                    made.equals("made")
                            ? "no part of the host can be made ready here, " + preparation + ": " + ready
                            : "only root can have a part of the host, unshare " + namespace + ": " + made);
            throw new AssertionError("not reached");
        }
        return new HostPart(holder);
    }

    /**
     * Aborts the test, and says why: the kernel does not let this process have something. For what a package brings,
     * there is {@link HostTool#require}.
     */
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
        Process process = started(command);
        String line = nextLine(process);
        int status = process.onExit().join().exitValue();
        if (status != 0) {
            throw new AssertionError(String.join(" ", command) + ": status " + status + ": " + line);
        }
        return line;
    }

    private static Process started(String... command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new AssertionError("there is no " + command[0], e);
        }
    }

    /** The next line that a process says, or an empty one at the end. */
    private static String nextLine(Process process) {
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
