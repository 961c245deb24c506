package io.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CompletionTest {
    @Test
    void bashTakesTheScriptAndCompletesWithIt() throws Exception {
        String script = script("bash");

        assertThat(bash("COMP_WORDS=(posthorn que); COMP_CWORD=1; _posthorn; echo \"${COMPREPLY[*]}\"", script))
                .isEqualTo("queue\n");
        assertThat(bash("COMP_WORDS=(posthorn queue de); COMP_CWORD=2; _posthorn; echo \"${COMPREPLY[*]}\"", script))
                .isEqualTo("declare delete\n");
        assertThat(bash(
                        "COMP_WORDS=(posthorn queue ls --fo); COMP_CWORD=3; _posthorn; echo \"${COMPREPLY[*]}\"",
                        script))
                .isEqualTo("--format\n");
        assertThat(bash("COMP_WORDS=(posthorn serve --da); COMP_CWORD=2; _posthorn; echo \"${COMPREPLY[*]}\"", script))
                .isEqualTo("--data\n");
    }

    @Test
    void zshAndFishGetEveryCommand() {
        for (String shell : new String[] {"zsh", "fish"}) {
            String script = script(shell);
            for (CommandTree.Group group : CommandTree.GROUPS) {
                assertThat(script).as(shell).contains(group.name());
            }
        }
    }

    private static String bash(String then, String script) throws Exception {
        Process bash = new ProcessBuilder("bash", "--norc", "-s")
                .redirectErrorStream(true)
                .start();
        try (OutputStream in = bash.getOutputStream()) {
            in.write((script + "\n" + then + "\n").getBytes(StandardCharsets.UTF_8));
        }
        String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(out).isZero();
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
