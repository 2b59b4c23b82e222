// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

import java.util.SortedMap;

/** A state with whatever fields a test wants: {@link Long}, {@link Boolean}, {@link ByteString} or {@link AnyState}. */
record AnyState(int version, SortedMap<Integer, Object> fields) implements DeviceState {
    @Override
    public void writeTo(StateWriter writer) {
        fields.forEach((tag, value) -> {
            var _ = switch (value) {
                case Long number -> writer.putLong(tag, number);
                case Boolean truth -> writer.putBoolean(tag, truth);
                case ByteString bytes -> writer.putBytes(tag, bytes.toByteArray());
                case AnyState state -> writer.putState(tag, state);
                default -> throw new IllegalArgumentException(value.toString());
            };
        });
    }

    /** Whether a reader gives every field of this state back. */
    boolean isReadBy(StateReader reader) {
        return reader.version() == version
                && fields.entrySet().stream().allMatch(field -> switch (field.getValue()) {
                    case Long number -> reader.getLong(field.getKey(), ~number) == number;
                    case Boolean truth -> reader.getBoolean(field.getKey(), !truth) == truth;
                    case ByteString bytes ->
                        ByteString.of(reader.getBytes(field.getKey())).equals(bytes);
                    case AnyState state -> state.isReadBy(reader.getState(field.getKey()));
                    default -> false;
                });
    }
}
