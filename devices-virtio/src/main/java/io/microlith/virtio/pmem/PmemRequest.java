// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pmem;

import io.microlith.virtio.queue.DescriptorChain;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A request as it comes from the queue (VIRTIO 1.2, 5.19.6): a type, and room for a result, of four bytes each. Filled
 * again and again; nothing here allocates.
 */
final class PmemRequest {
    static final int FLUSH = 0;

    static final int OK = 0;
    static final int ERROR = -1;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final DescriptorChain chain;
    private final byte[] bytes = new byte[Integer.BYTES];
    private int type;

    PmemRequest(DescriptorChain chain) {
        this.chain = chain;
    }

    /** Reads the type. Returns false if there is none, or no room for a result. */
    boolean parse() {
        if (chain.writableBytes() < Integer.BYTES || !chain.read(0, bytes, 0, Integer.BYTES)) {
            return false;
        }
        type = (int) INT.get(bytes, 0);
        return true;
    }

    int type() {
        return type;
    }

    /** Writes the result. Returns the bytes that the device wrote. */
    int finish(int result) {
        INT.set(bytes, 0, result);
        return chain.write(0, bytes, 0, Integer.BYTES) ? Integer.BYTES : 0;
    }
}
