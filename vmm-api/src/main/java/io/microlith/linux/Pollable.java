// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

/** Something with a file descriptor that an {@link Epoll} can wait for. */
public interface Pollable {
    /** The descriptor's number. Valid until its owner closes it. */
    int fd();
}
