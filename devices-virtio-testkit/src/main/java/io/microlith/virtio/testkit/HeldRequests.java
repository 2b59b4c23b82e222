// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import java.util.function.Supplier;

/**
 * Devices that keep the requests of {@link ContractSubject#request} instead of completing them: how a contract has a
 * request under way for as long as it likes.
 *
 * @param configs makes a configuration for each such device
 * @param release lets all devices of these configurations go on: from now on they complete each request at once, and
 *     those that they keep
 * @param <C> the device's configuration
 */
public record HeldRequests<C>(Supplier<C> configs, Runnable release) {}
