// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.linux.Errno;
import io.microlith.linux.Fd;
import io.microlith.linux.Pollable;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.linux.Tap;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tap interface of the host. Frames go straight between it and guest memory, with their headers, so that the host's
 * kernel and the guest's leave checksums and segmentation to each other. The kernel checks what the guest says there.
 *
 * <p>The interface's addresses, and whether it is up, are the host's administrator's concern.
 */
public final class TapBackend implements NetBackend {
    private static final Logger LOG = LoggerFactory.getLogger(TapBackend.class);

    private final List<Tap> queues;
    private final Set<Offload> offloads;
    private int used;
    private boolean connected = true;

    private TapBackend(List<Tap> queues) {
        this.queues = queues;
        int result = queues.getFirst().setHeaderSize(NetLayout.HEADER_SIZE);
        if (result < 0) {
            throw new ConfigException("net.tap", this + " has no long headers: " + Errno.describe(-result));
        }
        offloads = setOffloads(Offload.all()) < 0 ? Set.of() : Offload.all();
        var _ = setOffloads(Set.of());
        used = queues.size();
        usePairs(1);
    }

    /**
     * Opens an interface, which is made if it is not there.
     *
     * @param pairs how many queues to open: if more than one, an interface that is there was made for several
     * @throws ConfigException if it cannot be opened
     */
    public static TapBackend open(String name, int pairs) {
        List<Tap> queues = new ArrayList<>();
        try {
            queues.add(pairs == 1 ? openOne(name) : Tap.open(name, Tap.Queues.SEVERAL));
            while (queues.size() < pairs) {
                queues.add(Tap.open(queues.getFirst().name(), Tap.Queues.SEVERAL));
            }
            return new TapBackend(List.copyOf(queues));
        } catch (SystemCallException e) {
            queues.forEach(Tap::close);
            throw new ConfigException("net.tap", name + " cannot be opened: " + e.getMessage() + advice(e, name), e);
        } catch (ConfigException e) {
            queues.forEach(Tap::close);
            throw e;
        }
    }

    private static Tap openOne(String name) {
        try {
            return Tap.open(name, Tap.Queues.ONE);
        } catch (SystemCallException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            return Tap.open(name, Tap.Queues.SEVERAL);
        }
    }

    private static String advice(SystemCallException e, String name) {
        return switch (e.errno()) {
            case Errno.EPERM, Errno.EACCES ->
                "; root can make one for you: ip tuntap add dev " + name + " mode tap user NAME";
            case Errno.EBUSY -> "; somebody else has it open";
            case Errno.EINVAL -> "; was it made with multi_queue, as several queues need?";
            default -> "";
        };
    }

    /**
     * Takes a queue of an interface that somebody else opened, with {@code IFF_VNET_HDR}.
     *
     * @throws ConfigException if it is none
     */
    public static TapBackend of(Fd queue) {
        try {
            Tap tap = Tap.of(queue);
            try {
                return new TapBackend(List.of(tap));
            } catch (ConfigException e) {
                tap.close();
                throw e;
            }
        } catch (SystemCallException e) {
            throw new ConfigException("net.fd", "no tap with headers: " + e.getMessage(), e);
        }
    }

    @Override
    public int pairs() {
        return queues.size();
    }

    @Override
    public Set<Offload> offloads() {
        return offloads;
    }

    @Override
    public void accept(Set<Offload> taken) {
        warn("take offloads", setOffloads(taken));
    }

    private int setOffloads(Set<Offload> taken) {
        int flags = 0;
        for (Offload offload : taken) {
            flags |= offload.tap;
        }
        return queues.getFirst().setOffloads(flags);
    }

    @Override
    public void usePairs(int count) {
        for (; used < count; used++) {
            warn("attach a queue", queues.get(used).attach());
        }
        for (; used > count; used--) {
            warn("detach a queue", queues.get(used - 1).detach());
        }
    }

    private void warn(String what, int result) {
        // Of one that was deleted, the log has a line already.
        if (checked(result) < 0 && connected) {
            LOG.warn("tap={} did not {}: {}", this, what, Errno.describe(-result));
        }
    }

    @Override
    public Pollable readiness(int pair) {
        return queues.get(pair);
    }

    @Override
    public long receive(int pair, RxFrame into) {
        return checked(PosixIo.readv(queues.get(pair), into.vector()));
    }

    @Override
    public long send(int pair, TxFrame frame) {
        return checked(PosixIo.writev(queues.get(pair), frame.withHeader()));
    }

    /** Notes when the interface was deleted. */
    private long checked(long result) {
        connected &= result != -Errno.EBADFD;
        return result;
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public void close() {
        queues.forEach(Tap::close);
    }

    /** The interface's name. */
    @Override
    public String toString() {
        return queues.getFirst().name();
    }
}
