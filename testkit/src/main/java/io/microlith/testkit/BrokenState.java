// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.state.DeviceState;

/**
 * A state that breaks one rule.
 *
 * @param field the record component that is wrong
 * @param state the state; every other component of it is right
 * @param <S> the state's type
 */
public record BrokenState<S extends DeviceState>(String field, S state) {}
