package io.posthorn.events.runtime;

import io.posthorn.events.EventTypes;
import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;

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

    /// The names of the type, and of all above it but those of the JDK.
    ///
    /// @param saysNothing which of the others are passed over
    static Set<String> namesUpFrom(EventTypes types, Class<?> type, Predicate<Class<?>> saysNothing) {
        var names = new LinkedHashSet<String>();
        names.add(types.nameOf(type));
        collect(types, type, saysNothing, names);
        return names;
    }

    private static void collect(EventTypes types, Class<?> type, Predicate<Class<?>> saysNothing, Set<String> names) {
        if (isOfTheJdk(type) || saysNothing.test(type)) {
            return;
        }
        names.add(types.nameOf(type));
        if (type.getSuperclass() != null) {
            collect(types, type.getSuperclass(), saysNothing, names);
        }
        for (Class<?> above : type.getInterfaces()) {
            collect(types, above, saysNothing, names);
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
