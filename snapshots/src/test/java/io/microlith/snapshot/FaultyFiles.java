// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file system with which something happens at one step, the one of a number, and which says what steps there were.
 */
final class FaultyFiles extends SnapshotFiles {
    /** The process is no more, and does nothing from then on. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    /** What happens. */
    enum Fault {
        /** The host has no room for it. */
        FULL {
            @Override
            void happen() throws IOException {
                throw new IOException(NO_ROOM);
            }
        },
        /** Who writes is killed before the step, or half way through. */
        KILLED {
            @Override
            void happen() {
                throw new Killed();
            }
        };

        abstract void happen() throws IOException;
    }

    /** What the host says if there is no room. */
    static final String NO_ROOM = "No space left on device";

    private final Fault fault;
    private final int when;
    private final List<String> steps = new ArrayList<>();
    private boolean dead;

    /**
     * Makes one.
     *
     * @param when the number of the step, from 0; -1 for none
     */
    FaultyFiles(Fault fault, int when) {
        this.fault = fault;
        this.when = when;
    }

    /** Makes one with which nothing happens. */
    static FaultyFiles sound() {
        return new FaultyFiles(Fault.FULL, -1);
    }

    /** The steps so far, by name. */
    List<String> steps() {
        return List.copyOf(steps);
    }

    private void step(String name) throws IOException {
        if (dead) {
            throw new Killed();
        }
        steps.add(name);
        if (steps.size() - 1 == when) {
            dead = fault == Fault.KILLED;
            fault.happen();
        }
    }

    @Override
    void discard(Path unfinished) {
        if (!dead) {
            super.discard(unfinished);
        }
    }

    @Override
    Path createDirectory(Path parent, String prefix) throws IOException {
        step("create directory");
        return super.createDirectory(parent, prefix);
    }

    @Override
    FileChannel create(Path file) throws IOException {
        step("create " + file.getFileName());
        return new Channel(super.create(file), file.getFileName().toString());
    }

    @Override
    void rename(Path from, Path to) throws IOException {
        step("rename");
        super.rename(from, to);
    }

    @Override
    void sync(Path directory) throws IOException {
        step("sync directory");
        super.sync(directory);
    }

    /** Fails after half of what it was given, as a disk that is full does. */
    private final class Channel extends FileChannel {
        private final FileChannel file;
        private final String name;

        Channel(FileChannel file, String name) {
            this.file = file;
            this.name = name;
        }

        private void writeStep(ByteBuffer bytes, long place) throws IOException {
            boolean dying = !dead;
            try {
                step("write " + name);
            } catch (IOException | Killed e) {
                if (dying) {
                    file.write(bytes.slice(bytes.position(), bytes.remaining() / 2), place);
                }
                throw e;
            }
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            writeStep(bytes, file.position());
            return file.write(bytes);
        }

        @Override
        public int write(ByteBuffer bytes, long place) throws IOException {
            writeStep(bytes, place);
            return file.write(bytes, place);
        }

        @Override
        public void force(boolean metaData) throws IOException {
            step("force " + name);
            file.force(metaData);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        protected void implCloseChannel() throws IOException {
            file.close();
            step("close " + name);
        }

        @Override
        public int read(ByteBuffer into) {
            throw new UnsupportedOperationException("a writer reads nothing");
        }

        @Override
        public long read(ByteBuffer[] into, int offset, int length) {
            throw new UnsupportedOperationException("a writer reads nothing");
        }

        @Override
        public int read(ByteBuffer into, long place) {
            throw new UnsupportedOperationException("a writer reads nothing");
        }

        @Override
        public long write(ByteBuffer[] from, int offset, int length) {
            throw new UnsupportedOperationException("not a step that has a name");
        }

        @Override
        public FileChannel position(long place) {
            throw new UnsupportedOperationException("not a step that has a name");
        }

        @Override
        public FileChannel truncate(long size) {
            throw new UnsupportedOperationException("not a step that has a name");
        }

        @Override
        public long transferTo(long place, long count, WritableByteChannel target) {
            throw new UnsupportedOperationException("not a step that has a name");
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long place, long count) {
            throw new UnsupportedOperationException("not a step that has a name");
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long place, long size) {
            throw new UnsupportedOperationException("not a step that has a name");
        }

        @Override
        public FileLock lock(long place, long size, boolean shared) {
            throw new UnsupportedOperationException("not a step that has a name");
        }

        @Override
        public FileLock tryLock(long place, long size, boolean shared) {
            throw new UnsupportedOperationException("not a step that has a name");
        }
    }
}
