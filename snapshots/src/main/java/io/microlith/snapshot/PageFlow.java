// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import java.io.IOException;
import java.util.List;

/** The pages that are to be in a memory file, in their order. */
interface PageFlow {
    /**
     * Sends all of them, and says that they are all.
     *
     * @return what the state has to say about the file
     */
    List<Section> sendTo(PageSink sink) throws IOException;
}
