// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

import io.microlith.vmm.error.ConfigException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A wish for a device in text, as on a command line: {@code type,option=value,option=value}. No part may contain a
 * comma.
 *
 * @param type the type of the device
 * @param options what its factory is to {@linkplain DeviceFactory#configure make a configuration of}, in the order
 *     given
 */
public record DeviceRequest(String type, Map<String, String> options) {
    /** Copies the options. */
    public DeviceRequest {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /**
     * Reads a request.
     *
     * @throws ConfigException if the text has no type, or an option without a value, or one twice
     */
    public static DeviceRequest parse(String text) {
        String[] parts = text.split(",", -1);
        if (parts[0].isEmpty()) {
            throw new ConfigException("device", "'" + text + "' names no type: write TYPE,OPTION=VALUE,...");
        }
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals <= 0) {
                throw new ConfigException(
                        "device", "'" + parts[i] + "' in '" + text + "' is no option: write OPTION=VALUE");
            }
            String name = parts[i].substring(0, equals);
            if (options.put(name, parts[i].substring(equals + 1)) != null) {
                throw new ConfigException("device", "option '" + name + "' is twice in '" + text + "': give it once");
            }
        }
        return new DeviceRequest(parts[0], options);
    }

    /**
     * Finds the factory and has it read the options.
     *
     * @param known factories by type, which come before those that modules and jars on the path provide
     * @throws ConfigException if there is no factory of that type, or it refuses an option
     */
    public DeviceSpec<?> resolve(Map<String, DeviceFactory<?, ?>> known) {
        DeviceFactory<?, ?> own = known.get(type);
        DeviceFactory<?, ?> factory = own != null ? own : DeviceFactories.find(type);
        return configured(factory);
    }

    private <C> DeviceSpec<C> configured(DeviceFactory<C, ?> factory) {
        return new DeviceSpec<>(factory, factory.configure(options));
    }
}
