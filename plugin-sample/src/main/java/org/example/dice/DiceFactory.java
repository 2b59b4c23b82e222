// SPDX-License-Identifier: Apache-2.0
package org.example.dice;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.state.StateReader;
import java.util.Map;

/** Makes dice. Options in text: {@code port}, {@code sides} and {@code seed}, decimal or with {@code 0x}. */
public final class DiceFactory implements DeviceFactory<DiceConfig, DiceState> {
    private static final int SIDES = 6;

    /** For {@link java.util.ServiceLoader}. */
    public DiceFactory() {}

    @Override
    public String type() {
        return "dice";
    }

    @Override
    public DiceConfig configure(Map<String, String> options) {
        for (String name : options.keySet()) {
            if (!name.equals("port") && !name.equals("sides") && !name.equals("seed")) {
                throw new ConfigException("dice." + name, "no such option: there are port, sides and seed");
            }
        }
        return new DiceConfig(
                (int) number(options, "port", DiceConfig.PORT, 0, 0xffff),
                (int) number(options, "sides", SIDES, 2, 255),
                number(options, "seed", 0, Long.MIN_VALUE, Long.MAX_VALUE));
    }

    private static long number(Map<String, String> options, String name, long otherwise, long least, long most) {
        String text = options.getOrDefault(name, Long.toString(otherwise));
        try {
            long number = Long.decode(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new ConfigException("dice." + name, "'" + text + "' is no number", e);
        }
        throw new ConfigException("dice." + name, text + " is not from " + least + " to " + most);
    }

    @Override
    public Device create(DiceConfig config, DeviceContext context) {
        return new DiceDevice(config, new DiceState(config.seed()), context);
    }

    @Override
    public Device restore(DiceConfig config, DiceState state, DeviceContext context) {
        return new DiceDevice(config, state, context);
    }

    @Override
    public DiceState read(StateReader reader) {
        return DiceState.read(reader);
    }
}
