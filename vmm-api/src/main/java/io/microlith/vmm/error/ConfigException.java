// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.error;

/** A setting the embedder made cannot work: out of range, in conflict with another, or beyond what the host offers. */
public final class ConfigException extends VmmException {
    private static final long serialVersionUID = 1L;

    private final String setting;

    /**
     * Makes an exception about one setting.
     *
     * @param setting the setting's name, such as {@code memory} or {@code kernel}
     * @param problem what is wrong with it and how to mend it
     */
    public ConfigException(String setting, String problem) {
        super(setting + ": " + problem);
        this.setting = setting;
    }

    /** Makes an exception about one setting, with what caused it. */
    public ConfigException(String setting, String problem, Throwable cause) {
        super(setting + ": " + problem, cause);
        this.setting = setting;
    }

    /** The name of the setting that is wrong. */
    public String setting() {
        return setting;
    }
}
