package io.posthorn.events.runtime;

import io.posthorn.events.EventTypes;
import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.Set;

/// Types above and below a type.
final class TypeTree {
    private TypeTree() {}

    /// Names a type and, of a sealed one, everything below it, so that what comes of them is known.
    static void learn(EventTypes types, Class<?> type) {
        if (isOfTheJdk(type)) {
            return;
        }
        types.nameOf(type);
        if (type.isSealed()) {
            for (Class<?> below : type.getPermittedSubclasses()) {
                learn(types, below);
            }
        }
    }

    /// The names of the type and of all above it but those of the JDK.
    static Set<String> namesUpFrom(EventTypes types, Class<?> type) {
        var names = new LinkedHashSet<String>();
        collect(types, type, names);
        return names;
    }

    private static void collect(EventTypes types, Class<?> type, Set<String> names) {
        if (isOfTheJdk(type)) {
            return;
        }
        names.add(types.nameOf(type));
        if (type.getSuperclass() != null) {
            collect(types, type.getSuperclass(), names);
        }
        for (Class<?> above : type.getInterfaces()) {
            collect(types, above, names);
        }
    }

    /// Whether there can be a value that is of this very type.
    static boolean isConcrete(Class<?> type) {
        return type != Object.class && !type.isInterface() && !Modifier.isAbstract(type.getModifiers());
    }

    private static boolean isOfTheJdk(Class<?> type) {
        return type.getName().startsWith("java.") || type.isArray();
    }
}
