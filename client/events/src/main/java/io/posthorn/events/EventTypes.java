package io.posthorn.events;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The names of event types. A class off the wire is only ever one that was registered here. Thread-safe.
///
/// A type that nobody registered gets the name of its class without the package when it is first published or
/// subscribed to, and so do the subtypes that a sealed one permits.
public final class EventTypes {
    private final Map<Class<?>, String> names = new ConcurrentHashMap<>();
    private final Map<String, Class<?>> classes = new ConcurrentHashMap<>();

    /// None yet.
    public EventTypes() {}

    /// Gives a type its name, before it is first published or subscribed to. Once more does no harm.
    ///
    /// @throws IllegalArgumentException when the name is another type's, or the type has another name, or it is
    /// empty, as that of an anonymous class is
    public EventTypes register(Class<?> type, String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException(type.getName() + " has no name: register it by one");
        }
        Class<?> known = classes.putIfAbsent(name, type);
        if (known != null && known != type) {
            throw new IllegalArgumentException("'%s' is the name of %s: register %s by another name"
                    .formatted(name, known.getName(), type.getName()));
        }
        String before = names.putIfAbsent(type, name);
        if (before != null && !before.equals(name)) {
            classes.remove(name, type);
            throw new IllegalArgumentException(type.getName() + " is registered as '" + before + "' already");
        }
        return this;
    }

    /// The type's name; registers it if nobody has.
    public String nameOf(Class<?> type) {
        String known = names.get(type);
        if (known == null) {
            register(type, type.getSimpleName());
            known = type.getSimpleName();
        }
        return known;
    }

    /// The type of this name, if anybody has registered it.
    public Optional<Class<?>> named(String name) {
        return Optional.ofNullable(classes.get(name));
    }
}
