// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus;

/**
 * Something that answers the guest at a range of a bus, and has no life of its own.
 *
 * @param range where
 * @param device what answers
 * @param <D> the kind of device on that bus
 */
public record BusHandler<D>(AddressRange range, D device) {}
