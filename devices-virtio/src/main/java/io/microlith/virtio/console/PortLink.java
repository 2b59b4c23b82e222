// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

/** What a {@link PortBackend} tells its port. Any thread; returns at once. */
public interface PortLink {
    /** There is somebody at the host's end of the port: the guest's programs may write. */
    void hostOpened();

    /**
     * Nobody is there any more. What the guest writes until somebody is, is lost; its programs find the end of what
     * they read.
     */
    void hostClosed();

    /** There is something to read, after {@link PortBackend#read} found nothing. */
    void inputReady();

    /** There is room to write, after {@link PortBackend#write} took less than it was given. */
    void outputReady();

    /** The host's end failed. The guest does not hear of it. */
    void failed(Exception cause);
}
