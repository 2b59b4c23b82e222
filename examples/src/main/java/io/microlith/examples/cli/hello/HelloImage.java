// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.hello;

/**
 * The image of {@code hello.S}, as {@code src/guest/build} wrote it. In a class and not in a file, because opening the
 * jar to read 300 bytes takes as long as running the guest.
 */
final class HelloImage {
    /** The bytes in hexadecimal. */
    static final String HEX = """
            eb0e000000000000a086010000000000fc488d3d0c010000488d35d8000000e8\
            560000008cc883e003e855000000e869000000488d3dea000000488d35d20000\
            00e8340000008b05bcffffffe832000000488d35c9000000e81d000000e85600\
            0000e81c000000e8300000008b059affffffbaf4000000eeebfeac84c07403aa\
            ebf8c331c9bb0a00000031d2f7f352ffc185c075f5580430aae2fac3b82e0a00\
            0066ab488d357a0000004889f94829f1baf8030000f36ec34c8d0d6501000044\
            8b0542ffffff31c0be020000004c39c6732441803c31007518ffc04889f1480f\
            afc94c39c1730a41c60409014801f1ebf148ffc6ebd7c348656c6c6f2066726f\
            6d206120677565737420696e2072696e6720005072696d65732062656c6f7720\
            003a2000""";

    private HelloImage() {}
}
