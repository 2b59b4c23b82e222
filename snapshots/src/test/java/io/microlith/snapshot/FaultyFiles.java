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

/** A file system that fails at one step, the one of a number, and says what steps there were. */
final class FaultyFiles extends SnapshotFiles {
    private final int failing;
    private final String error;
    private final List<String> steps = new ArrayList<>();

    /**
     * Makes one.
     *
     * @param failing the number of the step that fails, from 0; -1 if none does
     * @param error what the host says then
     */
    FaultyFiles(int failing, String error) {
        this.failing = failing;
        this.error = error;
    }

    /** The steps so far, by name. */
    List<String> steps() {
        return List.copyOf(steps);
    }

    private void step(String name) throws IOException {
        steps.add(name);
        if (steps.size() - 1 == failing) {
            throw new IOException(error);
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
            try {
                step("write " + name);
            } catch (IOException e) {
                file.write(bytes.slice(bytes.position(), bytes.remaining() / 2), place);
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
