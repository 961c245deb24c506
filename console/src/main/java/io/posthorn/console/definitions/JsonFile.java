package io.posthorn.console.definitions;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Parses a file of JSON (RFC 8259) into values that know their lines.
final class JsonFile {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonParser parser;

    private JsonFile(JsonParser parser) {
        this.parser = parser;
    }

    /// @throws DefinitionsException when it is not JSON, or an object has a key twice
    static Json parse(byte[] file) {
        try (var parser = FACTORY.createParser(ObjectReadContext.empty(), file)) {
            var values = new JsonFile(parser);
            if (parser.nextToken() == null) {
                throw DefinitionsException.notJson("it is empty");
            }
            var value = values.value(Place.top(values.line()));
            if (parser.nextToken() != null) {
                throw DefinitionsException.notJson("something follows behind its end, in line " + values.line());
            }
            return value;
        } catch (JacksonException e) {
            throw DefinitionsException.notJson("%s, in line %d"
                    .formatted(e.getOriginalMessage(), e.getLocation().getLineNr()));
        }
    }

    private Json value(Place place) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> table(place);
            case START_ARRAY -> array(place);
            case VALUE_STRING -> new Json.Text(place, parser.getString());
            case VALUE_NUMBER_INT -> whole(place);
            case VALUE_NUMBER_FLOAT -> new Json.Numeric(place, parser.getDoubleValue());
            case VALUE_TRUE -> new Json.Flag(place, true);
            case VALUE_FALSE -> new Json.Flag(place, false);
            case VALUE_NULL -> new Json.Null(place);
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new IllegalStateException("no value begins with " + parser.currentToken());
        };
    }

    private Json whole(Place place) {
        BigInteger value = parser.getBigIntegerValue();
        return new Json.Numeric(place, value.bitLength() < Long.SIZE ? (Number) value.longValueExact() : value);
    }

    private Json table(Place place) {
        var members = new LinkedHashMap<String, Json>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            var at = place.member(key, line());
            parser.nextToken();
            if (members.put(key, value(at)) != null) {
                throw new DefinitionsException(List.of(at + " stands there a second time"));
            }
        }
        return new Json.Table(place, members);
    }

    private Json array(Place place) {
        var items = new ArrayList<Json>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(place.item(items.size(), line())));
        }
        return new Json.Array(place, items);
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }
}
