package io.posthorn.verification.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A flight recording of a JVM while something runs, printed as tables.
///
/// @param pid of the JVM
/// @param directory for the recording
record Profile(long pid, Path directory) {
    private static final List<String> VIEWS =
            List.of("hot-methods", "thread-cpu-load", "allocation-by-site", "allocation-by-class", "gc");

    interface Work {
        void run() throws IOException, InterruptedException;
    }

    void of(Work work) throws IOException, InterruptedException {
        Path recording = directory.resolve("profile.jfr");
        String target = Long.toString(pid);
        tool("jcmd", target, "JFR.start", "name=bench", "settings=profile");
        work.run();
        tool("jcmd", target, "JFR.stop", "name=bench", "filename=" + recording);
        for (String view : VIEWS) {
            tool("jfr", "view", "--width", "160", "--truncate", "beginning", view, recording.toString());
        }
    }

    private static void tool(String name, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", name).toString());
        command.addAll(List.of(arguments));
        new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
