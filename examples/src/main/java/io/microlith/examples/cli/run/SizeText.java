// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.examples.cli.command.UsageException;
import io.microlith.vmm.memory.Size;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as users write them: {@code 512M}, {@code 4G}, {@code 1 GiB}; in powers of 1024, and in MiB without a unit. */
final class SizeText {
    /** Ten digits of GiB are beyond any memory and still within a long. */
    private static final Pattern FORM = Pattern.compile("(\\d{1,10}) ?(?:([KMG])(?:I?B)?)?");

    private static final int KIBI_SHIFT = 10;
    private static final int MEBI_SHIFT = 20;
    private static final int GIBI_SHIFT = 30;

    private SizeText() {}

    /** Reads a size. Returns empty if it is none, or beyond a long. */
    static Optional<Size> parse(String text) {
        Matcher form = FORM.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!form.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(form.group(1));
        int shift = shift(form.group(2) == null ? "M" : form.group(2));
        return number > Long.MAX_VALUE >> shift ? Optional.empty() : Optional.of(Size.bytes(number << shift));
    }

    /**
     * Reads what an option has to be.
     *
     * @param example a size that would do
     * @throws UsageException if it is none, naming the option
     */
    static Size require(String option, String text, String example) {
        return parse(text)
                .orElseThrow(() -> new UsageException(
                        option + ": '" + text + "' is no size: a number and K, M or G, such as " + example));
    }

    private static int shift(String unit) {
        return switch (unit) {
            case "K" -> KIBI_SHIFT;
            case "M" -> MEBI_SHIFT;
            default -> GIBI_SHIFT;
        };
    }
}
