// SPDX-License-Identifier: Apache-2.0
/** What tests against /dev/kvm share: the condition they run under, and tiny guests. */
@NullMarked
package io.microlith.kvm.testkit;

import org.jspecify.annotations.NullMarked;
