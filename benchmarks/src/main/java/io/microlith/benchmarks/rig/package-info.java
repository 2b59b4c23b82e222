// SPDX-License-Identifier: Apache-2.0
/** Programs that run in the rig, where there is hardware-style KVM on any machine. */
@NullMarked
package io.microlith.benchmarks.rig;

import org.jspecify.annotations.NullMarked;
