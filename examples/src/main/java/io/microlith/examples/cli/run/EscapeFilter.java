// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

/**
 * Finds in what is typed the sequences meant for the VMM: Ctrl-A x, and Ctrl-A Ctrl-A for one Ctrl-A. A Ctrl-A with
 * anything else behind it goes to the guest with that. One thread.
 */
final class EscapeFilter {
    private static final byte CTRL_A = 1;

    private final Runnable quit;
    private boolean escaped;

    /**
     * Makes a filter.
     *
     * @param quit run when the user typed Ctrl-A x
     */
    EscapeFilter(Runnable quit) {
        this.quit = quit;
    }

    /**
     * Takes the sequences out of some input. One may begin in one piece of input and end in the next.
     *
     * @param from the input
     * @param length its length
     * @param into what is left for the guest; has room for one byte more than {@code length}
     * @return the length of that
     */
    int filter(byte[] from, int length, byte[] into) {
        int left = 0;
        for (int i = 0; i < length; i++) {
            byte typed = from[i];
            if (!escaped) {
                escaped = typed == CTRL_A;
                if (!escaped) {
                    into[left++] = typed;
                }
                continue;
            }
            escaped = false;
            if (typed == 'x' || typed == 'X') {
                quit.run();
            } else {
                into[left++] = CTRL_A;
                if (typed != CTRL_A) {
                    into[left++] = typed;
                }
            }
        }
        return left;
    }
}
