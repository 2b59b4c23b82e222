// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.harness;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/**
 * The ratio that the project accepts.
 *
 * @param side on which side of the limit it is
 * @param limit the worst that is accepted
 */
public record Bar(Side side, double limit) {
    /** What a ratio is of, and so which ones are good. */
    public enum Side {
        /** Of times: the smaller, the better. */
        AT_MOST("<="),
        /** Of what was done in a time: the larger, the better. */
        AT_LEAST(">=");

        private final String sign;

        Side(String sign) {
            this.sign = sign;
        }
    }

    /** For times, Microlith's divided by the other's. */
    public static Bar atMost(double limit) {
        return new Bar(Side.AT_MOST, limit);
    }

    /** For throughput, Microlith's divided by the other's. */
    public static Bar atLeast(double limit) {
        return new Bar(Side.AT_LEAST, limit);
    }

    /** Whether a ratio is on the wrong side. */
    public boolean isMissedBy(double ratio) {
        return side == Side.AT_MOST ? ratio > limit : ratio < limit;
    }

    /** {@code >= 1.00}. */
    @Override
    public String toString() {
        return side.sign
                + ' '
                + new DecimalFormat("0.00#", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(limit);
    }
}
