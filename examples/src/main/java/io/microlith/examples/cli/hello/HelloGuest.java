// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.hello;

import io.microlith.board.boot.CpuMode;
import io.microlith.board.boot.FlatImage;
import io.microlith.vmm.error.ConfigException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The built-in guest, {@code hello.S}: prints in which ring it runs, counts primes, and ends with a status.
 *
 * @param limit it counts the primes below this
 * @param status it ends with this
 */
record HelloGuest(int limit, int status) {
    /** The limit unless one is given: there are 9592 primes below it. */
    static final int DEFAULT_LIMIT = 100_000;

    /** What fits into the guest's memory, a byte for each number. */
    static final int MAX_LIMIT = 16_000_000;

    /** What fits into the status of a process. */
    static final int MAX_STATUS = 255;

    // Where hello.S has its parameters.
    private static final int LIMIT_OFFSET = 8;
    private static final int STATUS_OFFSET = 12;

    HelloGuest {
        requireAtMost("primes", limit, MAX_LIMIT);
        requireAtMost("status", status, MAX_STATUS);
    }

    private static void requireAtMost(String setting, int value, int most) {
        if (value < 0 || value > most) {
            throw new ConfigException(setting, value + " is not between 0 and " + most);
        }
    }

    /** The guest, ready to be started in ring 3. */
    FlatImage image() {
        byte[] image = HexFormat.of().parseHex(HelloImage.HEX);
        ByteBuffer parameters = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        parameters.putInt(LIMIT_OFFSET, limit);
        parameters.putInt(STATUS_OFFSET, status);
        return FlatImage.of(image).mode(CpuMode.LONG_64_USER);
    }
}
