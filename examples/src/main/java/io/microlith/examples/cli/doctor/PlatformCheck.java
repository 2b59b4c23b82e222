// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.doctor;

import java.util.List;

/** The operating system and the processor's architecture. */
final class PlatformCheck implements Check {
    private final String system;
    private final String architecture;
    private final String version;

    PlatformCheck(String system, String architecture, String version) {
        this.system = system;
        this.architecture = architecture;
        this.version = version;
    }

    static PlatformCheck ofThisJvm() {
        return new PlatformCheck(
                System.getProperty("os.name", ""),
                System.getProperty("os.arch", ""),
                System.getProperty("os.version", ""));
    }

    @Override
    public List<Finding> findings() {
        String state = system + " " + version + " on " + architecture;
        return List.of(
                system.equals("Linux") && architecture.equals("amd64")
                        ? Finding.ok("system", state)
                        : Finding.fail("system", state, "KVM and the board need Linux on x86-64"));
    }
}
