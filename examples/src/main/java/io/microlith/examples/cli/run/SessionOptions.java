// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.examples.cli.command.KvmOption;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options of a {@link GuestSession}. */
final class SessionOptions {
    private static final String CONTROL = "--control";
    private static final String STATISTICS = "--stats";

    private SessionOptions() {}

    static void describe(CommandSpec spec) {
        spec.addOption(OptionSpec.builder(CONTROL)
                .paramLabel("PATH")
                .type(Path.class)
                .description("A Unix socket by which 'microlith snapshot' and 'microlith balloon' reach the guest.")
                .build());
        spec.addOption(OptionSpec.builder(STATISTICS)
                .description("Say at the end what the run cost.")
                .build());
        KvmOption.addTo(spec);
    }

    static GuestSession read(ParseResult options) {
        return new GuestSession(
                KvmOption.read(options),
                Optional.ofNullable(options.matchedOptionValue(CONTROL, null)),
                options.hasMatchedOption(STATISTICS));
    }
}
