// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.doctor;

import io.microlith.examples.cli.command.ExitStatus;
import io.microlith.examples.cli.doctor.Finding.Verdict;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Makes checks and prints what they found. */
final class Diagnosis {
    private final List<Check> checks;

    Diagnosis(List<Check> checks) {
        this.checks = checks;
    }

    /** Prints every finding, and whether the host runs VMs. Returns the status that says the same. */
    int print(PrintStream out) {
        boolean able = true;
        for (Check check : checks) {
            for (Finding finding : check.findings()) {
                print(finding, out);
                able &= finding.verdict() != Verdict.FAIL;
            }
        }
        out.println();
        out.println(able ? "This host runs VMs." : "This host runs no VMs: mend what is marked 'fail'.");
        return able ? ExitStatus.OK : ExitStatus.HOST_PROBLEM;
    }

    private static void print(Finding finding, PrintStream out) {
        String verdict = finding.verdict().name().toLowerCase(Locale.ROOT);
        out.printf("%-4s  %-14s  %s%n", verdict, finding.subject(), finding.state());
        if (!finding.remedy().isEmpty()) {
            out.printf("%-4s  %-14s  -> %s%n", "", "", finding.remedy());
        }
    }
}
