// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.microlith.virtio.VirtioContext;
import io.microlith.virtio.queue.DescriptorChain;
import java.nio.ByteBuffer;

/**
 * The commands that a driver gives on the control queue (VIRTIO 1.2, 5.1.6.5): a class, a command, its data, and a byte
 * for the answer.
 *
 * <p>What the driver wants to receive is answered with yes and has no effect: a device may always pass on more frames
 * than it was asked for, and drivers sort out what is not for them.
 */
final class ControlCommand {
    private static final byte OK = 0;
    private static final byte ERROR = 1;
    private static final int ANSWER_SIZE = 1;
    private static final int HEAD_SIZE = 2;

    private static final int RX = 0;
    private static final int MAC = 1;
    private static final int ANNOUNCE = 3;
    private static final int MQ = 4;
    private static final int GUEST_OFFLOADS = 5;

    private static final int RX_ALLMULTI = 1;
    private static final int MAC_TABLE_SET = 0;
    private static final int MAC_ADDR_SET = 1;

    private final DescriptorChain chain;
    private final GuestSettings settings;
    private final byte[] head = new byte[HEAD_SIZE];
    private final byte[] data = new byte[Long.BYTES];
    private final ByteBuffer wrapped = ByteBuffer.wrap(data).order(LITTLE_ENDIAN);
    private final byte[] answer = new byte[ANSWER_SIZE];

    ControlCommand(DescriptorChain chain, GuestSettings settings) {
        this.chain = chain;
        this.settings = settings;
    }

    /** Does what the command in the chain says. Returns the bytes written into it, 0 if it is no command. */
    int execute(VirtioContext context) {
        if (chain.writableBytes() < ANSWER_SIZE || !chain.read(0, head, 0, HEAD_SIZE)) {
            return 0;
        }
        answer[0] = isDone(context, head[0] & 0xff, head[1] & 0xff) ? OK : ERROR;
        return chain.write(0, answer, 0, ANSWER_SIZE) ? ANSWER_SIZE : 0;
    }

    private boolean isDone(VirtioContext context, int group, int command) {
        return switch (group) {
            case RX -> command <= RX_ALLMULTI && takeData(Byte.BYTES);
            case MAC -> setAddresses(context, command);
            case ANNOUNCE -> context.has(NetLayout.F_GUEST_ANNOUNCE) && command == 0 && settings.announced();
            case MQ ->
                context.has(NetLayout.F_MQ)
                        && command == 0
                        && takeData(Short.BYTES)
                        && settings.usePairs(wrapped.getShort(0) & 0xffff);
            case GUEST_OFFLOADS ->
                context.has(NetLayout.F_CTRL_GUEST_OFFLOADS)
                        && command == 0
                        && takeData(Long.BYTES)
                        && settings.takeOffloads(wrapped.getLong(0), context.features());
            default -> false;
        };
    }

    private boolean setAddresses(VirtioContext context, int command) {
        return switch (command) {
            case MAC_TABLE_SET -> endOfList(endOfList(HEAD_SIZE)) >= 0;
            case MAC_ADDR_SET ->
                context.has(NetLayout.F_CTRL_MAC_ADDR)
                        && takeData(MacAddress.SIZE)
                        && settings.changeMac(Long.reverseBytes(wrapped.getLong(0)) >>> Short.SIZE);
            default -> false;
        };
    }

    /** Copies a command's data, if it has as many bytes as it has to. */
    private boolean takeData(int size) {
        return chain.readableBytes() == HEAD_SIZE + size && chain.read(HEAD_SIZE, data, 0, size);
    }

    /** Where a list of addresses ends that begins somewhere; negative if it goes beyond the command. */
    private long endOfList(long from) {
        if (from < 0 || !chain.read(from, data, 0, Integer.BYTES)) {
            return -1;
        }
        long end = from + Integer.BYTES + Integer.toUnsignedLong(wrapped.getInt(0)) * MacAddress.SIZE;
        return end <= chain.readableBytes() ? end : -1;
    }
}
