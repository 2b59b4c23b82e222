// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.board.boot.BootContext;
import io.microlith.board.boot.BootProtocol;
import io.microlith.board.boot.EntryState;
import java.util.HexFormat;

/**
 * A guest of a few instructions, which runs in ring 3 from 1 MiB on.
 *
 * @param hex its bytes; spaces do not count
 */
record UserCode(String hex) implements BootProtocol {
    private static final long PLACE = 0x10_0000;

    /** Does nothing, for ever. */
    // eb fe  jmp $
    static final UserCode LOOP = new UserCode("ebfe");

    @Override
    public EntryState load(BootContext context) {
        context.memory().write(PLACE, HexFormat.of().parseHex(hex.replace(" ", "")));
        return EntryState.user64(PLACE);
    }

    @Override
    public String describe() {
        return "code of a test";
    }
}
