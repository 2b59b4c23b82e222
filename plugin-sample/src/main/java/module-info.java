// SPDX-License-Identifier: Apache-2.0
/** A device that no part of Microlith knows. */
module org.example.dice {
    requires io.microlith.vmm;
    requires static org.jspecify;

    provides io.microlith.vmm.device.DeviceFactory with
            org.example.dice.DiceFactory;
}
