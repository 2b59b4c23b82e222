// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

/** Why one direction of a queue pair does not go on, and so what makes it go on. */
enum Pause {
    /** There is nothing to do: the backend becomes readable, or the driver rings. */
    IDLE,
    /** The other side has no room: the driver rings when it gives buffers, the backend becomes writable. */
    FULL,
    /** The rate limiter said so: by a timer. */
    THROTTLED,
    /** Others have their turn, and then the queue is notified of. */
    INTERRUPTED,
    /** The backend is gone: by nothing. */
    DISCONNECTED
}
