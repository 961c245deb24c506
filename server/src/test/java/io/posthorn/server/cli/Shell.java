package io.posthorn.server.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Runs command lines against one broker as a shell would, in this process.
record Shell(String url) {
    record Result(int code, String out, String err) {}

    Result run(String... words) {
        return with("", words);
    }

    Result with(String input, String... words) {
        List<String> line = new ArrayList<>(Arrays.asList(words));
        line.addAll(List.of("--url", url));
        return run(input, line);
    }

    /// Without a word on where the broker is.
    static Result here(String... words) {
        return run("", List.of(words));
    }

    private static Result run(String input, List<String> line) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        PrintStream ourOut = System.out;
        PrintStream ourErr = System.err;
        InputStream ourIn = System.in;
        try {
            System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
            int code = Cli.execute(line.toArray(String[]::new));
            return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setIn(ourIn);
            System.setOut(ourOut);
            System.setErr(ourErr);
        }
    }
}
