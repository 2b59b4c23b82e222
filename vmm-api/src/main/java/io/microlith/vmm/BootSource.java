// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

/** What a machine starts with: a kernel, a unikernel, a few bytes of code. A board says which kinds it can load. */
public interface BootSource {
    /** The source in a few words, for logs and errors. */
    String describe();
}
