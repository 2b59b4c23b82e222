// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

/** What a balloon can do beside growing and shrinking. */
public enum BalloonFeature {
    /** The guest takes pages out of the balloon by itself rather than end a program for want of memory. */
    DEFLATE_ON_OOM,
    /** The guest says which pages are free whenever the host {@linkplain BalloonControl#hint asks}. */
    HINTING,
    /** The guest says which pages became free all the time, and the host takes them back. */
    REPORTING
}
