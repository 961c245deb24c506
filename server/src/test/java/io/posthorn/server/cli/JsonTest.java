package io.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.server.cli.api.Json;
import io.posthorn.server.cli.api.JsonException;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void whatIsReadIsWrittenAsItWas() {
        for (String text : List.of(
                "null",
                "true",
                "[]",
                "{}",
                "-0.5e+10",
                "12345678901234567890",
                "{\"a\":[1,{\"b\":\"c\\\"\\\\\\n\\u0001\"}],\"z\":null}",
                "\"\\ud83d\\ude00\"")) {
            assertThat(Json.parse(Json.parse(text).write())).isEqualTo(Json.parse(text));
        }
        assertThat(Json.parse("{\"a\":[1,{\"b\":\"c\\\"\\\\\\n\\u0001\"}],\"z\":null}")
                        .write())
                .isEqualTo("{\"a\":[1,{\"b\":\"c\\\"\\\\\\n\\u0001\"}],\"z\":null}");
        assertThat(Json.parse(" [ 1 , 2 ] ").writeIndented()).isEqualTo("[\n  1,\n  2\n]");
    }

    @Test
    void whatIsNoJsonIsRefusedWithThePlace() {
        for (String text : List.of(
                "",
                "{",
                "[1,]",
                "{\"a\"}",
                "{a:1}",
                "01",
                "1.",
                "+1",
                "nul",
                "\"a",
                "\"\\x\"",
                "\"\\u12g4\"",
                "[1] 2",
                "\"\n\"",
                "[".repeat(100_000))) {
            assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonException.class);
        }
        assertThatThrownBy(() -> Json.parse("[1,]")).hasMessageContaining("character 4");
    }
}
