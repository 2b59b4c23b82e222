// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

/** What an embedder decides about the keyboard controller: nothing. */
public record I8042Config() {}
