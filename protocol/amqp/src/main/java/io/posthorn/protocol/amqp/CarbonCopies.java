package io.posthorn.protocol.amqp;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.topology.ValueType;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sender-selected distribution, an extension of RabbitMQ: the headers CC and BCC name more routing keys, and
/// nobody sees BCC.
///
/// @param visibleHeaders without BCC
record CarbonCopies(List<String> seen, List<String> hidden, boolean hasBlind, Arguments visibleHeaders) {
    static final String CC = "CC";
    private static final String BCC = "BCC";

    static CarbonCopies of(Arguments headers, BasicMethod.Publish publish) {
        boolean blind = headers.values().containsKey(BCC);
        if (!blind && !headers.values().containsKey(CC)) {
            return new CarbonCopies(List.of(), List.of(), false, headers);
        }
        return new CarbonCopies(
                keys(headers, CC, publish),
                keys(headers, BCC, publish),
                blind,
                blind ? withoutBlind(headers) : headers);
    }

    private static List<String> keys(Arguments headers, String name, BasicMethod.Publish publish) {
        List<String> keys = new ArrayList<>();
        switch (headers.get(name)) {
            case null -> {}
            case List<?> list -> list.forEach(key -> addKey(keys, key));
            case Object other -> {
                String type = ValueType.of(other).rabbitName();
                throw AmqpChannel.preconditionFailed(
                        "invalid message: {unacceptable_type_in_header,\"%s\",%s}".formatted(name, type), publish);
            }
        }
        return List.copyOf(keys);
    }

    // What is no text in the list is passed over, as by RabbitMQ.
    private static void addKey(List<String> keys, @Nullable Object key) {
        if (key instanceof String text) {
            keys.add(text);
        }
    }

    @SuppressWarnings("NullAway") // the class file of a record does not say that its map may hold null
    private static Arguments withoutBlind(Arguments headers) {
        Map<String, @Nullable Object> visible = new LinkedHashMap<>(headers.values());
        visible.remove(BCC);
        return new Arguments(visible);
    }
}
