// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

import io.microlith.vmm.error.ConfigException;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The device factories that modules and jars on the path provide. */
public final class DeviceFactories {
    private DeviceFactories() {}

    /**
     * Loads all of them, by type.
     *
     * @throws ConfigException if two provide the same type, or one cannot be loaded
     */
    public static Map<String, DeviceFactory<?, ?>> load() {
        Map<String, DeviceFactory<?, ?>> byType = new TreeMap<>();
        try {
            for (DeviceFactory<?, ?> factory : ServiceLoader.load(DeviceFactory.class)) {
                DeviceFactory<?, ?> other = byType.putIfAbsent(factory.type(), factory);
                if (other != null) {
                    throw new ConfigException(
                            "device",
                            "type '" + factory.type() + "' is provided by both "
                                    + other.getClass().getName() + " and "
                                    + factory.getClass().getName() + ": take one off the path");
                }
            }
        } catch (ServiceConfigurationError e) {
            throw new ConfigException("device", "a provider on the path cannot be loaded: " + e.getMessage(), e);
        }
        return byType;
    }

    /**
     * Finds the factory of a type.
     *
     * @throws ConfigException if there is none, naming those that there are
     */
    public static DeviceFactory<?, ?> find(String type) {
        Map<String, DeviceFactory<?, ?>> known = load();
        DeviceFactory<?, ?> found = known.get(type);
        if (found == null) {
            throw new ConfigException(
                    "device",
                    "no provider of type '" + type + "' on the module or class path, which has " + known.keySet());
        }
        return found;
    }
}
