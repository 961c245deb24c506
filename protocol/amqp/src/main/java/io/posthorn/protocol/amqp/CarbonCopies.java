package io.posthorn.protocol.amqp;

import io.posthorn.broker.Arguments;
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
record CarbonCopies(List<String> routingKeys, boolean hasBlind, Arguments visibleHeaders) {
    private static final String CC = "CC";
    private static final String BCC = "BCC";

    static CarbonCopies of(Arguments headers, BasicMethod.Publish publish) {
        boolean blind = headers.values().containsKey(BCC);
        if (!blind && !headers.values().containsKey(CC)) {
            return new CarbonCopies(List.of(), false, headers);
        }
        List<String> keys = new ArrayList<>();
        addKeys(keys, headers, CC, publish);
        addKeys(keys, headers, BCC, publish);
        return new CarbonCopies(List.copyOf(keys), blind, blind ? withoutBlind(headers) : headers);
    }

    private static void addKeys(List<String> keys, Arguments headers, String name, BasicMethod.Publish publish) {
        switch (headers.get(name)) {
            case null -> {}
            case List<?> list ->
                list.forEach(key -> keys.add(key instanceof String text ? text : refuse(name, publish)));
            default -> refuse(name, publish);
        }
    }

    private static String refuse(String name, BasicMethod.Publish publish) {
        throw AmqpChannel.preconditionFailed(
                "invalid message: {unacceptable_type_in_header,\"%s\",longstr}".formatted(name), publish);
    }

    @SuppressWarnings("NullAway") // the class file of a record does not say that its map may hold null
    private static Arguments withoutBlind(Arguments headers) {
        Map<String, @Nullable Object> visible = new LinkedHashMap<>(headers.values());
        visible.remove(BCC);
        return new Arguments(visible);
    }
}
