// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.StatePart;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Any bytes are a state file or are refused; and any sections are a machine or are refused. */
class StateFileFuzzTest {
    private static final int MOST_SECTIONS = 64;

    @FuzzTest
    void decode_anyBytes_isRefusedOrDone(byte[] bytes) {
        try {
            StateFile.decode(bytes);
        } catch (InvalidStateException e) {
            // As documented.
        }
    }

    /** Behind the checksums, which no fuzzer guesses: what somebody wrote on purpose. */
    @FuzzTest
    void open_anySections_isRefusedOrDone(byte[] bytes) {
        try {
            byte[] file = StateFile.encode(StateFile.Content.of(new UUID(1, 2), unpack(bytes)));
            Snapshot snapshot =
                    new Snapshot(Path.of("none"), StateFile.decode(file), file, Optional.empty(), System.nanoTime());
            snapshot.state().parts().forEach(StatePart::read);
        } catch (InvalidStateException e) {
            // As documented.
        }
    }

    /** Each is a type of a byte, the length of the name in a byte, that of the content in two, name and content. */
    static byte[] pack(List<Section> sections) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Section section : sections) {
            out.write(section.type());
            out.write(section.name().length());
            out.write(section.content().length());
            out.write(section.content().length() >> Byte.SIZE);
            section.name().chars().forEach(out::write);
            out.writeBytes(section.content().toByteArray());
        }
        return out.toByteArray();
    }

    static List<Section> unpack(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<Section> sections = new ArrayList<>();
        while (in.remaining() >= 4 && sections.size() < MOST_SECTIONS) {
            int type = Byte.toUnsignedInt(in.get());
            int nameLength = Byte.toUnsignedInt(in.get());
            int length = Short.toUnsignedInt(in.getShort());
            StringBuilder name = new StringBuilder();
            for (int i = 0; i < nameLength && in.hasRemaining(); i++) {
                name.append((char) (in.get() & 0x7f));
            }
            byte[] content = new byte[Math.min(length, in.remaining())];
            in.get(content);
            sections.add(new Section(type, name.toString(), ByteString.of(content)));
        }
        return sections;
    }
}
