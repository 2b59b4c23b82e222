// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.command;

import io.microlith.kvm.KvmHypervisor;
import java.nio.file.Path;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The option {@code --kvm}, for hosts that have KVM's device under another name. */
public final class KvmOption {
    private static final String NAME = "--kvm";
    private static final String DEFAULT = "/dev/kvm";

    private KvmOption() {}

    /** Describes the option. */
    public static OptionSpec describe() {
        return OptionSpec.builder(NAME)
                .paramLabel("DEVICE")
                .type(Path.class)
                .defaultValue(DEFAULT)
                .description("KVM's device. Default: ${DEFAULT-VALUE}.")
                .build();
    }

    /** The device the user named, or the default. */
    public static Path device(ParseResult options) {
        return options.matchedOptionValue(NAME, Path.of(DEFAULT));
    }

    /**
     * Opens the device the user named, or the default.
     *
     * @throws io.microlith.vmm.error.HypervisorException if it cannot be used
     */
    public static KvmHypervisor open(ParseResult options) {
        return KvmHypervisor.open(device(options));
    }
}
