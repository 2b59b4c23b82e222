// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.command;

import io.microlith.kvm.KvmHypervisor;
import io.microlith.kvm.abi.KvmCap;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options {@code --kvm}, for hosts that have KVM's device under another name, and {@code --kvm-without}, to see
 * what a command does on a host whose KVM can do less.
 */
public final class KvmOption {
    private static final String DEVICE = "--kvm";
    private static final String WITHOUT = "--kvm-without";
    private static final String ALL = "optional";

    private KvmOption() {}

    /** Adds the options to those of a command. */
    public static CommandSpec addTo(CommandSpec spec) {
        return spec.addOption(OptionSpec.builder(DEVICE)
                        .paramLabel("DEVICE")
                        .type(Path.class)
                        .defaultValue(KvmHypervisor.DEVICE.toString())
                        .description("KVM's device. Default: ${DEFAULT-VALUE}.")
                        .build())
                .addOption(OptionSpec.builder(WITHOUT)
                        .paramLabel("CAP[,CAP...]")
                        .type(String.class)
                        .description("Take these capabilities for missing, such as KVM_CAP_IRQFD, as if the host were"
                                + " older; '" + ALL + "' stands for all that are not needed.")
                        .build());
    }

    /** The device the user named, or the default. */
    public static KvmDevice read(ParseResult options) {
        Path device = options.matchedOptionValue(DEVICE, KvmHypervisor.DEVICE);
        String without = options.matchedOptionValue(WITHOUT, "");
        return new KvmDevice(device, without.isEmpty() ? Set.of() : hidden(without));
    }

    private static Set<KvmCap> hidden(String names) {
        Set<KvmCap> hidden = EnumSet.noneOf(KvmCap.class);
        for (String name : names.split(",", -1)) {
            if (name.equals(ALL)) {
                hidden.addAll(EnumSet.complementOf(EnumSet.copyOf(KvmHypervisor.required())));
            } else {
                hidden.add(capability(name));
            }
        }
        return hidden;
    }

    private static KvmCap capability(String name) {
        try {
            return KvmCap.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    WITHOUT + ": '" + name
                            + "' is no capability that this program knows: a name of linux/kvm.h, such as "
                            + KvmCap.KVM_CAP_IRQFD + ", or " + ALL,
                    e);
        }
    }
}
