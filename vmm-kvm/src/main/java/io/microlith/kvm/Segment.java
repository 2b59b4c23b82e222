// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

/**
 * A segment register with the descriptor behind it (Intel SDM volume 3, 3.4.5).
 *
 * @param base the linear address it begins at
 * @param limit the last offset in it, in bytes, already scaled by the granularity
 * @param selector the visible part
 * @param attributes the descriptor's attributes as bits: 0-3 type, 4 S, 5-6 DPL, 7 present, 12 AVL, 13 L, 14 D/B, 15
 *     granularity; and 16 if the register holds no segment
 */
public record Segment(long base, int limit, int selector, int attributes) {
    /** No segment. */
    public static final int UNUSABLE = 1 << 16;
    /** The limit is in pages. */
    public static final int GRANULAR = 1 << 15;
    /** 32-bit code or stack. */
    public static final int BIG = 1 << 14;
    /** 64-bit code. */
    public static final int LONG = 1 << 13;
    /** Present. */
    public static final int PRESENT = 1 << 7;
    /** Code or data, and not a system segment. */
    public static final int CODE_OR_DATA = 1 << 4;
    /** Execute and read, accessed. */
    public static final int CODE = 0xb;
    /** Read and write, accessed. */
    public static final int DATA = 0x3;
    /** A busy task state segment: 32-bit, or 64-bit in long mode. */
    public static final int TSS = 0xb;

    private static final int DPL_SHIFT = 5;
    private static final int FLAT = PRESENT | CODE_OR_DATA | GRANULAR;

    /** Code over all linear addresses, 64-bit, ring 0. */
    public static Segment code64(int selector) {
        return new Segment(0, -1, selector, FLAT | LONG | CODE);
    }

    /** Code over the first 4 GiB, 32-bit, ring 0. */
    public static Segment code32(int selector) {
        return new Segment(0, -1, selector, FLAT | BIG | CODE);
    }

    /** Data and stack over all addresses, ring 0. */
    public static Segment data(int selector) {
        return new Segment(0, -1, selector, FLAT | BIG | DATA);
    }

    /** A task state segment in use. */
    public static Segment tss(int selector, long base, int limit) {
        return new Segment(base, limit, selector, PRESENT | TSS);
    }

    /** Real mode: 64 KiB from {@code selector * 16}. */
    public static Segment real(int selector, int type) {
        return new Segment((long) selector << 4, 0xffff, selector, PRESENT | CODE_OR_DATA | type);
    }

    /** The same at another privilege level, 0 to 3, also in the selector. */
    public Segment withPrivilege(int level) {
        return new Segment(
                base, limit, (selector & ~3) | level, (attributes & ~(3 << DPL_SHIFT)) | (level << DPL_SHIFT));
    }

    /** The privilege level of the descriptor. */
    public int privilege() {
        return (attributes >> DPL_SHIFT) & 3;
    }

    /** {@code 0008 base=0 limit=ffffffff attr=a09b}. */
    @Override
    public String toString() {
        return String.format("%04x base=%x limit=%x attr=%x", selector, base, limit, attributes);
    }
}
