// SPDX-License-Identifier: Apache-2.0
package org.example.dice;

/**
 * What an embedder decides about a die.
 *
 * @param port the I/O port it is read from
 * @param sides the largest number it shows, from 2 to 255
 * @param seed where its sequence starts
 */
public record DiceConfig(int port, int sides, long seed) {
    /** The port by default. */
    public static final int PORT = 0x700;
}
