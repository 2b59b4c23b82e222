// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.doctor;

/**
 * Something a check found.
 *
 * @param verdict how bad it is
 * @param subject what was looked at, in a word or two
 * @param state how it is, in one line
 * @param remedy what to do about it, in one line; empty if it is well
 */
record Finding(Verdict verdict, String subject, String state, String remedy) {
    /** How bad a finding is. */
    enum Verdict {
        /** As it should be. */
        OK,
        /** VMs run, but something optional is not there. */
        NOTE,
        /** No VM runs. */
        FAIL
    }

    static Finding ok(String subject, String state) {
        return new Finding(Verdict.OK, subject, state, "");
    }

    static Finding note(String subject, String state, String remedy) {
        return new Finding(Verdict.NOTE, subject, state, remedy);
    }

    static Finding fail(String subject, String state, String remedy) {
        return new Finding(Verdict.FAIL, subject, state, remedy);
    }
}
