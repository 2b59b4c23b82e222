// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.doctor;

import io.microlith.linux.Terminal;
import java.util.List;

/** The JVM: its version, and whether it may call native functions without a warning. */
final class JavaCheck implements Check {
    @Override
    public List<Finding> findings() {
        return List.of(
                Finding.ok(
                        "Java",
                        System.getProperty("java.vm.name") + " " + Runtime.version() + " in "
                                + System.getProperty("java.home")),
                nativeAccess(Terminal.class.getModule()));
    }

    static Finding nativeAccess(Module linux) {
        String subject = "native access";
        if (linux.isNativeAccessEnabled()) {
            return Finding.ok(subject, "given to " + (linux.isNamed() ? linux.getName() : "the class path"));
        }
        String flag = "--enable-native-access=" + (linux.isNamed() ? linux.getName() : "ALL-UNNAMED");
        return Finding.note(
                subject, "not given: the JVM warns, and a later one will refuse", "start the JVM with " + flag);
    }
}
