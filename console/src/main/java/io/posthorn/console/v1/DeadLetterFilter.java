package io.posthorn.console.v1;

import io.posthorn.broker.BrowsedMessage;
import io.posthorn.broker.Death;
import io.posthorn.broker.DeathHistory;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Which dead letters are meant: those whose latest death was like this.
///
/// @param wanted every one of them must be so; a field that is not there may be anything
/// @param ids of the messages; empty for any
record DeadLetterFilter(Map<DeadLetterField, String> wanted, Set<Long> ids) {
    /// @param said what was said of a field, by its label
    static DeadLetterFilter of(Function<String, Optional<String>> said, Set<Long> ids) {
        var wanted = new EnumMap<DeadLetterField, String>(DeadLetterField.class);
        for (DeadLetterField field : DeadLetterField.values()) {
            said.apply(field.label()).ifPresent(value -> wanted.put(field, value));
        }
        return new DeadLetterFilter(wanted, ids);
    }

    /// The latest death of a message that is meant; null for another, and for one that never died.
    @Nullable
    Death deathOf(BrowsedMessage browsed) {
        DeathHistory history = browsed.message().deaths();
        if (history == null || !(ids.isEmpty() || ids.contains(browsed.id()))) {
            return null;
        }
        Death latest = history.latest();
        boolean isMeant = wanted.entrySet().stream()
                .allMatch(each -> each.getKey().of(latest).equals(each.getValue()));
        return isMeant ? latest : null;
    }
}
