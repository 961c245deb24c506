package io.posthorn.verification.programs;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.utils.Exit;

/// Runs one of Kafka's command line tools after the other, so that a test of many calls starts one JVM and not fifty.
///
/// Each line of the input is a call, its parts divided by tabs: the class of the tool, the file that is its standard
/// input
/// or nothing, the arguments. What the tool prints comes out as it is, and then a line with the status that it ended
/// with.
public final class Tools {
    /// Stands at the beginning of the line that ends a call, before the status.
    public static final String ENDED = "--- ended with ";

    private Tools() {}

    public static void main(String[] arguments) throws IOException {
        // The hooks are for the end of a process, and a tool that has returned has closed what it had.
        Exit.setShutdownHookAdder((name, hook) -> {});
        var calls = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String call = calls.readLine(); call != null; call = calls.readLine()) {
            int status = run(call.split("\t", -1));
            System.err.flush();
            System.out.println(ENDED + status);
        }
        Exit.resetShutdownHookAdder();
        System.exit(0);
    }

    private static int run(String[] call) throws IOException {
        System.setIn(call[1].isEmpty() ? InputStream.nullInputStream() : input(Path.of(call[1])));
        var end = new CompletableFuture<Integer>();
        Exit.setExitProcedure((status, message) -> leave(end, status));
        Exit.setHaltProcedure((status, message) -> leave(end, status));
        Thread.ofPlatform().daemon().name("main").start(() -> {
            try {
                Class.forName(call[0]).getMethod("main", String[].class).invoke(null, (Object)
                        Arrays.copyOfRange(call, 2, call.length));
                end.complete(0);
            } catch (InvocationTargetException thrown) {
                Objects.requireNonNullElse(thrown.getCause(), thrown).printStackTrace();
                end.complete(1);
            } catch (ReflectiveOperationException unknown) {
                unknown.printStackTrace();
                end.complete(127);
            }
        });
        return end.join();
    }

    private static InputStream input(Path file) throws IOException {
        return new ByteArrayInputStream(Files.readAllBytes(file));
    }

    /// To the tool it is as if the process ended here: none of its code runs any more.
    private static void leave(CompletableFuture<Integer> end, int status) {
        end.complete(status);
        while (true) {
            LockSupport.park();
        }
    }
}
