package io.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CompletionTest {
    @Test
    void bashTakesTheScriptAndCompletesWithIt() throws Exception {
        String script = script("bash");

        assertThat(bash(
                        "COMP_WORDS=(posthorn que); COMP_CWORD=1; _complete_posthorn; echo \"${COMPREPLY[*]}\"",
                        script))
                .isEqualTo("queue\n");
        assertThat(bash(
                        "COMP_WORDS=(posthorn queue de); COMP_CWORD=2; _complete_posthorn; echo \"${COMPREPLY[*]}\"",
                        script))
                .isEqualTo("declare delete\n");
        assertThat(bash(
                        "COMP_WORDS=(posthorn queue ls --fo); COMP_CWORD=3; _complete_posthorn; echo \"${COMPREPLY[*]}\"",
                        script))
                .isEqualTo("--format\n");
        assertThat(bash(
                        "COMP_WORDS=(posthorn queue ls --format j); COMP_CWORD=4; _complete_posthorn; echo \"${COMPREPLY[*]}\"",
                        script))
                .isEqualTo("json\n");
        assertThat(bash(
                        "COMP_WORDS=(./posthorn completion z); COMP_CWORD=2; _complete_posthorn; echo \"${COMPREPLY[*]}\"",
                        script))
                .isEqualTo("zsh\n");
        assertThat(bash(
                        "COMP_WORDS=(posthorn serve --da); COMP_CWORD=2; _complete_posthorn; echo \"${COMPREPLY[*]}\"",
                        script))
                .isEqualTo("--data\n");
    }

    @Test
    void zshTakesTheScriptAndCompletesWithIt() throws Exception {
        // What zsh's own completion system would be given.
        String system = """
                compdef() {}
                compadd() { shift; print -- "${(P)1[@]}" }
                """;
        String script = system + script("zsh");

        assertThat(run(script + "words=(posthorn que); CURRENT=2; _posthorn", "zsh", "-f"))
                .contains("serve ", " queue ", " completion");
        assertThat(run(script + "words=(posthorn queue de); CURRENT=3; _posthorn", "zsh", "-f"))
                .startsWith("ls info declare delete");
        assertThat(run(script + "words=(posthorn queue ls --fo); CURRENT=4; _posthorn", "zsh", "-f"))
                .startsWith("--format ");
        assertThat(run(script + "words=(posthorn queue ls --format j); CURRENT=5; _posthorn", "zsh", "-f"))
                .isEqualTo("table json\n");
        assertThat(run(script + "words=(posthorn serve --da); CURRENT=3; _posthorn", "zsh", "-f"))
                .startsWith("--data ");
    }

    @Test
    void fishTakesTheScriptAndCompletesWithIt() throws Exception {
        String script = script("fish");

        assertThat(run(script + "complete -C 'posthorn que'", "fish", "--no-config"))
                .startsWith("queue\t")
                .hasLineCount(1);
        assertThat(run(script + "complete -C 'posthorn queue de'", "fish", "--no-config"))
                .contains("declare\t", "delete\t")
                .hasLineCount(2);
        assertThat(run(script + "complete -C 'posthorn queue ls --fo'", "fish", "--no-config"))
                .startsWith("--format\t");
        assertThat(run(script + "complete -C 'posthorn queue ls --format j'", "fish", "--no-config"))
                .startsWith("json")
                .hasLineCount(1);
        assertThat(run(script + "complete -C './posthorn serve --da'", "fish", "--no-config"))
                .startsWith("--data\t");
    }

    private static String run(String script, String... shell) throws Exception {
        boolean isThere = Stream.of("/usr/bin/", "/bin/", "/usr/local/bin/")
                .anyMatch(directory -> Files.isExecutable(Path.of(directory + shell[0])));
        assumeTrue(isThere || "true".equals(System.getenv("CI")), shell[0] + " is missing here");
        return output(script, shell);
    }

    private static String bash(String then, String script) throws Exception {
        // What only works while a user presses a key.
        return output(script + "\ncompopt() { :; }\n" + then, "bash", "--norc", "-s");
    }

    private static String output(String script, String... shell) throws Exception {
        Process process = new ProcessBuilder(shell).redirectErrorStream(true).start();
        try (OutputStream in = process.getOutputStream()) {
            in.write((script + "\n").getBytes(StandardCharsets.UTF_8));
        }
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return out;
    }

    private static String script(String shell) {
        PrintStream ours = System.out;
        var out = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            assertThat(Cli.execute("completion", shell)).isZero();
        } finally {
            System.setOut(ours);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
