// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

/** Something that was registered somewhere, until it is closed. Closing twice is once. */
public interface Registration extends AutoCloseable {
    @Override
    void close();
}
