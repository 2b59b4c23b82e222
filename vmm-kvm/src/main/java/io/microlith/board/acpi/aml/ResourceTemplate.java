// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import java.util.List;

/**
 * What a device occupies, as a {@code _CRS} object has it: descriptors and an end tag in a buffer (section 6.4).
 *
 * @param resources in the order the driver sees them
 */
public record ResourceTemplate(List<Resource> resources) implements AmlTerm {
    private static final int END_TAG = 0x79;

    /** Copies the list. */
    public ResourceTemplate {
        resources = List.copyOf(resources);
    }

    /** A template of these resources. */
    public static ResourceTemplate of(Resource... resources) {
        return new ResourceTemplate(List.of(resources));
    }

    @Override
    public void encode(ByteOutput out) {
        ByteOutput descriptors = new ByteOutput();
        resources.forEach(resource -> resource.encode(descriptors));
        // A checksum of zero means that there is none (section 6.4.2.9).
        descriptors.putByte(END_TAG).putByte(0);
        new AmlBuffer(descriptors.toByteArray()).encode(out);
    }
}
