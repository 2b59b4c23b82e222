// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.AfterAll;

/** Any file taken for a multiboot kernel, with modules beside it. */
class MultibootFuzzTest {
    private static final HostileFile FILES = new HostileFile();

    @AfterAll
    static void close() {
        FILES.close();
    }

    @FuzzTest
    void load(byte[] kernel) {
        var _ = FILES.load(
                kernel,
                path -> Multiboot.kernel(path).module(FILES.initrd(), "first").module(FILES.initrd(), "second"));
    }
}
