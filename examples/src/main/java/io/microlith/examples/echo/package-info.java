// SPDX-License-Identifier: Apache-2.0
/** A virtio device of one's own on one page: the one that the README of devices-virtio shows. */
@NullMarked
package io.microlith.examples.echo;

import org.jspecify.annotations.NullMarked;
