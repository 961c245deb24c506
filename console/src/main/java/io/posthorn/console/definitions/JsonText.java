package io.posthorn.console.definitions;

import java.io.StringWriter;
import java.math.BigInteger;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// The text of a JSON value.
final class JsonText {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonText() {}

    static String of(Json value) {
        var text = new StringWriter();
        try (var generator = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            write(value, generator);
        }
        return text.toString();
    }

    private static void write(Json value, JsonGenerator out) {
        switch (value) {
            case Json.Table(Place _, var members) -> {
                out.writeStartObject();
                members.forEach((name, member) -> {
                    out.writeName(name);
                    write(member, out);
                });
                out.writeEndObject();
            }
            case Json.Array(Place _, var items) -> {
                out.writeStartArray();
                items.forEach(item -> write(item, out));
                out.writeEndArray();
            }
            case Json.Text(Place _, String text) -> out.writeString(text);
            case Json.Numeric(Place _, Long number) -> out.writeNumber(number);
            case Json.Numeric(Place _, BigInteger number) -> out.writeNumber(number);
            case Json.Numeric(Place _, Number number) -> out.writeNumber(number.doubleValue());
            case Json.Flag(Place _, boolean flag) -> out.writeBoolean(flag);
            case Json.Null _ -> out.writeNull();
        }
    }
}
