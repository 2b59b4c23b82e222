// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.board.PcPart;
import io.microlith.examples.cli.command.UsageException;
import java.util.Set;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The option {@code --board}. */
final class BoardOption {
    private static final String NAME = "--board";
    private static final String DEFAULT = "pc";

    private BoardOption() {}

    /**
     * Describes the option.
     *
     * @param description what it decides; the default is added
     */
    static OptionSpec describe(String description) {
        return OptionSpec.builder(NAME)
                .paramLabel("KIND")
                .type(String.class)
                .defaultValue(DEFAULT)
                .description(description + " Default: ${DEFAULT-VALUE}.")
                .build();
    }

    /** What is not on the board. */
    static Set<PcPart> missing(ParseResult options) {
        String kind = options.matchedOptionValue(NAME, DEFAULT);
        return switch (kind) {
            case "pc" -> Set.of();
            case "lean" -> Set.of(PcPart.values());
            default -> throw new UsageException(NAME + ": '" + kind + "' is none of pc, lean");
        };
    }
}
