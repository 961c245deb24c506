package io.posthorn.console.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MembersTest {
    private static Members of(String json) {
        return new Members(Json.parseObject(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "'\"true\"', true", "'\"false\"', false", "null, true"})
    void aFlagMayBeText(String json, boolean says) {
        assertThat(of("{'x':" + json + "}").flag("x", true)).isEqualTo(says);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'maybe'", "1", "'TRUE'", "[]", "''"})
    void whatIsNeitherTrueNorFalseIsRefused(String json) {
        assertThatThrownBy(() -> of("{'x':" + json + "}").flag("x", true))
                .isInstanceOf(HttpFailure.class)
                .hasMessageContaining("not_boolean");
    }

    @ParameterizedTest
    @CsvSource({"5, 5", "'\"5\"', 5", "-1, -1", "null, 7", "9223372036854775807, 9223372036854775807"})
    void aNumberMayBeText(String json, long says) {
        assertThat(of("{'x':" + json + "}").number("x", 7)).isEqualTo(says);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'five'", "1.5", "true", "{}", "9223372036854775808"})
    void whatIsNoWholeNumberIsRefused(String json) {
        assertThatThrownBy(() -> of("{'x':" + json + "}").number("x", 7))
                .isInstanceOf(HttpFailure.class)
                .hasMessageContaining("not_integer");
    }

    @Test
    void anEmptyListCountsAsNoMembers() {
        assertThat(of("{'arguments':[]}").members("arguments").isEmpty()).isTrue();
        assertThat(of("{}").members("arguments").isEmpty()).isTrue();
        assertThatThrownBy(() -> of("{'arguments':[1]}").members("arguments")).isInstanceOf(HttpFailure.class);
        assertThatThrownBy(() -> of("{'arguments':5}").members("arguments")).isInstanceOf(HttpFailure.class);
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() -> of("{}").requireText("pattern")).hasMessageContaining("key_missing,pattern");
    }
}
