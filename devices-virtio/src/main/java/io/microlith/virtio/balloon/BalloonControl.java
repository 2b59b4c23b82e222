// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.Size;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * An embedder's hand on a balloon: how large it shall be, how large it is, and what the guest says of its memory.
 * Serves one balloon at a time. Any thread.
 */
public final class BalloonControl {
    private static final long MOST_PAGES = 0xffff_ffffL;

    private volatile long targetPages;
    private volatile long actualPages;
    private volatile @Nullable BalloonStatistics statistics;

    private @Nullable Owner balloon;
    private @Nullable CompletableFuture<Size> hints;

    /** The balloon, told on the thread of who asks. */
    interface Owner {
        /** The target is another one. */
        void targetChanged();

        /** Somebody wants hints. Returns whether the guest can be asked. */
        boolean hintWanted();
    }

    /** Makes a control of a balloon that shall be empty. */
    public BalloonControl() {}

    /**
     * Says how much of the guest's memory shall be in the balloon, and so the host's. The guest moves towards that as
     * far as it can and wants. Before there is a balloon, it is what that begins with; one that is restored begins with
     * what it was saved with.
     *
     * @param size rounded down to pages of 4 KiB
     */
    public void setTarget(Size size) {
        Owner told;
        synchronized (this) {
            targetPages = Math.min(size.bytes() >>> BalloonLayout.PAGE_SHIFT, MOST_PAGES);
            told = balloon;
        }
        if (told != null) {
            told.targetChanged();
        }
    }

    /** How much memory shall be in the balloon. */
    public Size target() {
        return Size.bytes(targetPages << BalloonLayout.PAGE_SHIFT);
    }

    /** How much the guest says is in it: nothing, while no driver is there. */
    public Size actual() {
        return Size.bytes(actualPages << BalloonLayout.PAGE_SHIFT);
    }

    /** What the guest said last of its memory; empty as long as it has said nothing, or is not asked. */
    public Optional<BalloonStatistics> statistics() {
        return Optional.ofNullable(statistics);
    }

    /**
     * Has the guest say which of its pages are free, and gives those back to the host. While that is under way, asking
     * again is asking once.
     *
     * @return completed with how much memory that was; or exceptionally, with {@link IllegalStateException} if the
     *     guest cannot be asked, for it has no driver or that does no hinting, or it goes away meanwhile
     */
    public CompletionStage<Size> hint() {
        Owner asked;
        CompletableFuture<Size> answer;
        synchronized (this) {
            CompletableFuture<Size> underWay = hints;
            if (underWay != null) {
                return underWay.minimalCompletionStage();
            }
            answer = new CompletableFuture<>();
            hints = answer;
            asked = balloon;
        }
        if (asked == null || !asked.hintWanted()) {
            hintsFailed();
        }
        return answer.minimalCompletionStage();
    }

    // For the balloon.

    long targetPages() {
        return targetPages;
    }

    synchronized void connect(Owner owner) {
        if (balloon != null) {
            throw new ConfigException(
                    "balloon.control", "it is another balloon's: give each balloon a BalloonControl of its own");
        }
        balloon = owner;
    }

    void disconnect() {
        synchronized (this) {
            balloon = null;
        }
        hintsFailed();
    }

    void restoreTarget(long pages) {
        targetPages = pages;
    }

    void actualPages(long pages) {
        actualPages = pages;
    }

    void statistics(BalloonStatistics said) {
        statistics = said;
    }

    void hinted(long bytes) {
        CompletableFuture<Size> answer = takeHints();
        if (answer != null) {
            answer.complete(Size.bytes(bytes));
        }
    }

    void hintsFailed() {
        CompletableFuture<Size> answer = takeHints();
        if (answer != null) {
            answer.completeExceptionally(new IllegalStateException("the guest gives no hints"));
        }
    }

    private synchronized @Nullable CompletableFuture<Size> takeHints() {
        CompletableFuture<Size> taken = hints;
        hints = null;
        return taken;
    }
}
