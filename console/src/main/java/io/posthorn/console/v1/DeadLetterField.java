package io.posthorn.console.v1;

import io.posthorn.broker.Death;
import io.posthorn.broker.DeathReason;
import io.posthorn.console.http.HttpFailure;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// By what dead letters are told apart: facts of the latest death.
enum DeadLetterField {
    /// Where the message died.
    QUEUE {
        @Override
        String of(Death death) {
            return death.queue();
        }
    },
    REASON {
        @Override
        String of(Death death) {
            return nameOf(death.reason());
        }
    },
    /// Where it had been published.
    EXCHANGE {
        @Override
        String of(Death death) {
            return death.exchange();
        }
    },
    /// With which key it had been published.
    ROUTING_KEY {
        @Override
        String of(Death death) {
            return death.routingKeys().isEmpty() ? "" : death.routingKeys().getFirst();
        }
    };

    abstract String of(Death death);

    /// As it stands in requests and answers.
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static String nameOf(DeathReason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    /// @param list names with commas between; nothing for every field
    static Set<DeadLetterField> parse(String list) {
        var fields = EnumSet.noneOf(DeadLetterField.class);
        for (String name : list.isEmpty() ? new String[0] : list.split(",", -1)) {
            fields.add(named(name));
        }
        return fields.isEmpty() ? EnumSet.allOf(DeadLetterField.class) : fields;
    }

    private static DeadLetterField named(String name) {
        for (DeadLetterField field : values()) {
            if (field.label().equals(name)) {
                return field;
            }
        }
        throw HttpFailure.badRequest("'by' takes queue, reason, exchange and routing_key, and not '" + name + "'");
    }
}
