// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

import io.microlith.vmm.error.InvalidStateException;
import java.util.function.Consumer;

/** Asks everything of bytes that may be anything. */
final class HostileState {
    private HostileState() {}

    /**
     * Asks for every tag, as every kind of field.
     *
     * @return how many answers there were; whatever is not an answer was an {@link InvalidStateException}
     * @throws AssertionError if an answer is larger than the bytes
     */
    static int read(byte[] bytes, int tags) {
        try {
            return read(StateCodec.reader(bytes), tags, bytes.length);
        } catch (InvalidStateException e) {
            return 0;
        }
    }

    private static int read(StateReader reader, int tags, int size) {
        int[] answers = {0};
        for (int tag = 1; tag <= tags; tag++) {
            int current = tag;
            ask(answers, _ -> reader.getLong(current, 0));
            ask(answers, _ -> reader.getInt(current, 0));
            ask(answers, _ -> reader.getBoolean(current, false));
            ask(answers, _ -> {
                if (reader.getBytes(current).length > size) {
                    throw new AssertionError("tag " + current + " is larger than the state's " + size + " bytes");
                }
            });
            if (reader.getBytes(current).length > 0) {
                ask(answers, counts -> counts[0] += read(reader.getState(current), tags, size));
            }
        }
        return answers[0];
    }

    private static void ask(int[] answers, Consumer<int[]> question) {
        try {
            question.accept(answers);
            answers[0]++;
        } catch (InvalidStateException e) {
            // The documented answer to bytes that are not what was asked for.
        }
    }
}
