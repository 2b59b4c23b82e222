// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.linux.Pollable;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Another backend, all of whose frames go into a file for Wireshark and its like, too. Those with offloads are in it as
 * they came, longer than a cable would take them, and without their checksum.
 */
public final class PcapBackend implements NetBackend {
    private final NetBackend inner;
    private final PcapFile file;

    private PcapBackend(NetBackend inner, PcapFile file) {
        this.inner = inner;
        this.file = file;
    }

    /**
     * Opens a backend and makes the file, or replaces one.
     *
     * @throws io.microlith.vmm.error.ConfigException if one of the two cannot be
     */
    public static PcapBackend open(Supplier<NetBackend> inner, Path file) {
        PcapFile pcap = PcapFile.create(file);
        try {
            return new PcapBackend(inner.get(), pcap);
        } catch (RuntimeException e) {
            pcap.close();
            throw e;
        }
    }

    @Override
    public long receive(int pair, RxFrame into) {
        long bytes = inner.receive(pair, into);
        if (RxFrame.isFrame(bytes)) {
            int length = (int) bytes - NetLayout.HEADER_SIZE;
            into.get(0, file.record(), PcapFile.RECORD_SIZE, length);
            file.add(length);
        }
        return bytes;
    }

    @Override
    public long send(int pair, TxFrame frame) {
        long result = inner.send(pair, frame);
        if (result >= 0) {
            frame.get(0, file.record(), PcapFile.RECORD_SIZE, frame.length());
            file.add(frame.length());
        }
        return result;
    }

    @Override
    public int pairs() {
        return inner.pairs();
    }

    @Override
    public Set<Offload> offloads() {
        return inner.offloads();
    }

    @Override
    public void accept(Set<Offload> offloads) {
        inner.accept(offloads);
    }

    @Override
    public void usePairs(int count) {
        inner.usePairs(count);
    }

    @Override
    public Pollable readiness(int pair) {
        return inner.readiness(pair);
    }

    @Override
    public boolean isBusy(int pair) {
        return inner.isBusy(pair);
    }

    @Override
    public void flush(int pair) {
        inner.flush(pair);
    }

    @Override
    public boolean isConnected() {
        return inner.isConnected();
    }

    @Override
    public void close() {
        inner.close();
        file.close();
    }

    /** That of the other backend. */
    @Override
    public String toString() {
        return inner.toString();
    }
}
