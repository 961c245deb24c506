package io.posthorn.verification.bench.spike;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file for reading, with what Java does not offer: telling the kernel which ranges come next, and making it
/// forget what it holds. Thread-safe for reads.
public final class HintedFile implements AutoCloseable {
    private static final int O_RDONLY = 0;
    private static final int POSIX_FADV_WILLNEED = 3;
    private static final int POSIX_FADV_DONTNEED = 4;

    private static final MethodHandle OPEN = libc(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle ADVISE = libc(
            "posix_fadvise",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
            libc("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private final FileChannel channel;
    private final int descriptor;

    HintedFile(Path path) throws IOException {
        channel = FileChannel.open(path, StandardOpenOption.READ);
        try (var arena = Arena.ofConfined()) {
            descriptor = (int) OPEN.invokeExact(arena.allocateFrom(path.toString()), O_RDONLY);
        } catch (Throwable e) {
            throw new IOException(e);
        }
        if (descriptor < 0) {
            throw new IOException("cannot open " + path);
        }
    }

    @SuppressWarnings("restricted") // the spike is about these very calls
    private static MethodHandle libc(String name, FunctionDescriptor type, Linker.Option... options) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
    }

    void willNeed(long position, long bytes) throws IOException {
        advise(position, bytes, POSIX_FADV_WILLNEED);
    }

    /// Drops every clean page of a file, so that the next read comes from the device.
    public static void forget(Path path) throws IOException {
        try (var file = new HintedFile(path)) {
            file.forget();
        }
    }

    /// Drops every clean page of the file, so that the next read comes from the device.
    void forget() throws IOException {
        advise(0, 0, POSIX_FADV_DONTNEED);
    }

    int read(ByteBuffer target, long position) throws IOException {
        return channel.read(target, position);
    }

    private void advise(long position, long bytes, int advice) throws IOException {
        int failed;
        try {
            failed = (int) ADVISE.invokeExact(descriptor, position, bytes, advice);
        } catch (Throwable e) {
            throw new IOException(e);
        }
        if (failed != 0) {
            throw new IOException("posix_fadvise: error " + failed);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        try {
            int ignored = (int) CLOSE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }
}
