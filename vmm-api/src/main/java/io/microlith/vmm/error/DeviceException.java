// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.error;

/** A device failed on the host's side: its backend is gone, or its code threw. */
public final class DeviceException extends VmmException {
    private static final long serialVersionUID = 1L;

    private final String device;

    /**
     * Makes an exception about one device.
     *
     * @param device the device's id, such as {@code serial0}
     */
    public DeviceException(String device, String problem) {
        super(device + ": " + problem);
        this.device = device;
    }

    /**
     * Makes an exception about one device, for a reason.
     *
     * @param device the device's id, such as {@code serial0}
     */
    public DeviceException(String device, String problem, Throwable cause) {
        super(device + ": " + problem, cause);
        this.device = device;
    }

    /** The id of the device that failed. */
    public String device() {
        return device;
    }
}
