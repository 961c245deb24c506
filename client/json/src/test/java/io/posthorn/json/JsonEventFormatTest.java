package io.posthorn.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.EventFormat.Document;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Documents as in the examples of the JSON Event Format for CloudEvents 1.0.
class JsonEventFormatTest {
    private static final String ONE = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json";
    private static final String REQUIRED =
            "\"specversion\":\"1.0\",\"type\":\"com.example\",\"source\":\"/mycontext\",\"id\":\"A234\"";

    private final JsonEventFormat format = new JsonEventFormat();

    private Document read(String json) {
        return format.read(ONE, bytes(json)).getFirst();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void jsonStandsInADocumentAsItIs() {
        String more = ",\"comexampleextension2\":5,\"subject\":null,\"data\":{\"a\":[1,\"ä\"]}}";
        Document event = read("{" + REQUIRED + more);
        assertThat(event.attributes())
                .containsEntry("id", "A234")
                .containsEntry("source", "/mycontext")
                .containsEntry("comexampleextension2", "5")
                .doesNotContainKeys("subject", "data");
        assertThat(event.data()).isEqualTo(bytes("{\"a\":[1,\"ä\"]}"));
    }

    @Test
    void textOfAnotherKindStandsInAString() {
        assertThat(read("{" + REQUIRED + ",\"datacontenttype\":\"text/xml\",\"data\":\"<much wow=\\\"xml\\\"/>\"}")
                        .data())
                .isEqualTo(bytes("<much wow=\"xml\"/>"));
        assertThat(read("{" + REQUIRED + ",\"datacontenttype\":\"application/json\",\"data\":\"x\"}")
                        .data())
                .isEqualTo(bytes("\"x\""));
    }

    @Test
    void bytesStandInBase64() {
        assertThat(read("{" + REQUIRED + ",\"data_base64\":\"/wA=\"}").data()).containsExactly(0xff, 0);
        assertThat(read("{" + REQUIRED + "}").data()).isEmpty();
    }

    @Test
    void aBatchHasItsEventsInOrder() {
        String other = REQUIRED.replace("A234", "B234");
        assertThat(format.read(BATCH, bytes("[{" + REQUIRED + "},{" + other + "}]")))
                .extracting(event -> event.attributes().get("id"))
                .containsExactly("A234", "B234");
        assertThat(format.read(BATCH, bytes("[]"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/plain", "application/octet-stream"})
    void whatWasWrittenIsReadAsItWas(String contentType) {
        var attributes =
                Map.of("specversion", "1.0", "id", "1", "source", "urn:x", "type", "t", "datacontenttype", contentType);
        var event = new Document(attributes, bytes("{\"n\":1}"));
        Document back = format.read(ONE, format.write(event)).getFirst();
        assertThat(back.attributes()).isEqualTo(attributes);
        assertThat(back.data()).isEqualTo(event.data());
    }

    @Test
    void whatIsNoEventIsRefused() {
        for (String json : List.of("", "{", "[]", "5", "{\"id\":\"1\"}", "{" + REQUIRED + ",\"x\":{}}")) {
            assertThatThrownBy(() -> read(json)).as(json).isInstanceOf(RuntimeException.class);
        }
        assertThatThrownBy(() -> format.read(BATCH, bytes("{" + REQUIRED + "}")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
