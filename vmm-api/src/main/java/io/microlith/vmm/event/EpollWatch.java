// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

import io.microlith.linux.Epoll;
import io.microlith.linux.Pollable;

/** A descriptor in an epoll set. One that is waited for nothing is not in the set, where it would report hang-ups. */
final class EpollWatch implements Watch {
    private final Epoll epoll;
    private final HandlerTable handlers;
    private final Pollable source;
    private final long token;
    private Readiness current = Readiness.NONE;
    private boolean closed;

    EpollWatch(Epoll epoll, HandlerTable handlers, Pollable source, Runnable handler) {
        this.epoll = epoll;
        this.handlers = handlers;
        this.source = source;
        token = handlers.add(handler);
    }

    /** Waits for the first time. A watch that cannot begin is over. */
    EpollWatch begin(Readiness what) {
        try {
            await(what);
            return this;
        } catch (RuntimeException e) {
            handlers.remove(token);
            throw e;
        }
    }

    @Override
    public synchronized void await(Readiness what) {
        if (closed || what == current) {
            return;
        }
        if (what == Readiness.NONE) {
            epoll.remove(source);
        } else if (current == Readiness.NONE) {
            epoll.add(source, events(what), token);
        } else {
            epoll.modify(source, events(what), token);
        }
        current = what;
    }

    private static int events(Readiness what) {
        return switch (what) {
            case NONE -> 0;
            case READABLE -> Epoll.EPOLLIN;
            case WRITABLE -> Epoll.EPOLLOUT;
            case BOTH -> Epoll.EPOLLIN | Epoll.EPOLLOUT;
        };
    }

    @Override
    public synchronized void close() {
        await(Readiness.NONE);
        closed = true;
        handlers.remove(token);
    }
}
