package io.posthorn.json;

import io.posthorn.events.EventFormat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The JSON Event Format for CloudEvents 1.0: single events, and batches (section 4). Thread-safe.
public final class JsonEventFormat implements EventFormat {
    private static final String ONE = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json";
    private static final String DATA = "data";
    private static final String BINARY_DATA = "data_base64";
    private static final String DATA_TYPE = "datacontenttype";
    private static final String JSON = "application/json";
    private static final byte[] NO_DATA = {};

    private final JsonMapper mapper = JsonMapper.builder().build();

    /// For the service loader.
    public JsonEventFormat() {}

    @Override
    public String contentType() {
        return ONE;
    }

    @Override
    public boolean reads(String contentType) {
        return contentType.equals(ONE) || contentType.equals(BATCH);
    }

    @Override
    public List<Document> read(String contentType, byte[] bytes) {
        JsonNode tree = mapper.readTree(bytes);
        if (contentType.equals(ONE)) {
            return List.of(document(tree));
        }
        if (!tree.isArray()) {
            throw new IllegalArgumentException("a batch of events is an array");
        }
        var documents = new ArrayList<Document>(tree.size());
        tree.forEach(each -> documents.add(document(each)));
        return documents;
    }

    private Document document(JsonNode tree) {
        if (!(tree instanceof ObjectNode event)) {
            throw new IllegalArgumentException("an event is an object");
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> member : event.properties()) {
            JsonNode value = member.getValue();
            boolean isData = member.getKey().equals(DATA) || member.getKey().equals(BINARY_DATA);
            if (!isData && !value.isNull()) {
                if (value.isContainer()) {
                    throw new IllegalArgumentException("the attribute '" + member.getKey() + "' is no single value");
                }
                attributes.put(member.getKey(), value.asString());
            }
        }
        for (String required : List.of("specversion", "id", "source", "type")) {
            if (!attributes.containsKey(required)) {
                throw new IllegalArgumentException("an event without '" + required + "'");
            }
        }
        return new Document(attributes, data(event, attributes.getOrDefault(DATA_TYPE, JSON)));
    }

    private byte[] data(ObjectNode event, String contentType) {
        JsonNode binary = event.get(BINARY_DATA);
        if (binary != null && !binary.isNull()) {
            return Base64.getDecoder().decode(binary.asString());
        }
        JsonNode data = event.get(DATA);
        if (data == null || data.isNull()) {
            return NO_DATA;
        }
        // Section 3.1.1: JSON stands there as it is, text of another kind in a string.
        return data.isString() && !isJson(contentType)
                ? data.asString().getBytes(StandardCharsets.UTF_8)
                : mapper.writeValueAsBytes(data);
    }

    private static boolean isJson(String contentType) {
        String type = contentType.split(";", 2)[0].strip();
        return type.endsWith("/json") || type.endsWith("+json");
    }

    @Override
    public byte[] write(Document event) {
        ObjectNode tree = mapper.createObjectNode();
        event.attributes().forEach(tree::put);
        byte[] data = event.data();
        String contentType = Objects.requireNonNullElse(event.attributes().get(DATA_TYPE), JSON);
        if (data.length == 0) {
            return mapper.writeValueAsBytes(tree);
        }
        if (isJson(contentType)) {
            tree.set(DATA, mapper.readTree(data));
        } else if (contentType.startsWith("text/")) {
            tree.put(DATA, new String(data, StandardCharsets.UTF_8));
        } else {
            tree.put(BINARY_DATA, Base64.getEncoder().encodeToString(data));
        }
        return mapper.writeValueAsBytes(tree);
    }
}
