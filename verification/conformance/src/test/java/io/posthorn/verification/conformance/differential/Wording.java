package io.posthorn.verification.conformance.differential;

import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import io.posthorn.protocol.amqp.wire.BasicProperties;
import io.posthorn.protocol.amqp.wire.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Methods and properties to words and back: `queue.declare queue=q durable arguments={x-max-length: 5}`. The names
/// are those of the codec's records, so that there is no list of methods here to keep.
final class Wording {
    private static final Map<String, Class<?>> METHODS = methods();

    private Wording() {}

    private static Map<String, Class<?>> methods() {
        Map<String, Class<?>> methods = new TreeMap<>();
        for (Class<?> amqpClass : Method.class.getPermittedSubclasses()) {
            String name = amqpClass.getSimpleName().replace("Method", "").toLowerCase(Locale.ROOT);
            for (Class<?> method : amqpClass.getPermittedSubclasses()) {
                methods.put(name + "." + dashed(method.getSimpleName()), method);
            }
        }
        return methods;
    }

    /// Whether the specification has an answer to it, and it does not ask for none.
    static boolean isAnswered(Method method) {
        return METHODS.containsKey(method.specName() + "-ok") && !print(method).contains(" nowait");
    }

    /// `arguments` as written in a script; what is not named is false, 0 or empty.
    static Method method(String name, Map<String, @Nullable Object> arguments) {
        Class<?> type = METHODS.get(name);
        if (type == null) {
            throw new IllegalArgumentException("no method " + name + ", only " + METHODS.keySet());
        }
        return (Method) record(type, arguments, false);
    }

    static BasicProperties properties(Map<String, @Nullable Object> properties) {
        return (BasicProperties) record(BasicProperties.class, properties, true);
    }

    private static Object record(Class<?> type, Map<String, @Nullable Object> values, boolean nullable) {
        Map<String, @Nullable Object> left = new LinkedHashMap<>(values);
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        @Nullable Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String name = dashed(components[i].getName());
            types[i] = components[i].getType();
            boolean absent = !left.containsKey(name);
            Object value = left.remove(name);
            arguments[i] = absent && nullable ? null : as(types[i], value);
        }
        if (!left.isEmpty()) {
            throw new IllegalArgumentException(type.getSimpleName() + " has no " + left.keySet());
        }
        try {
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Object as(Class<?> type, @Nullable Object value) {
        if (type == boolean.class) {
            return value != null && (boolean) value;
        }
        if (type == int.class || type == Integer.class) {
            return value == null ? 0 : ((Number) value).intValue();
        }
        if (type == long.class || type == Long.class) {
            return value == null ? 0L : ((Number) value).longValue();
        }
        if (type == Arguments.class) {
            return value == null ? Arguments.NONE : value;
        }
        if (type == Bytes.class) {
            return value == null ? Bytes.EMPTY : value;
        }
        return value == null ? "" : value.toString();
    }

    static String print(Method method) {
        StringBuilder words = new StringBuilder(method.specName());
        for (RecordComponent component : method.getClass().getRecordComponents()) {
            String name = dashed(component.getName());
            switch (Objects.requireNonNull(valueOf(component, method))) {
                case Boolean flag when flag -> words.append(' ').append(name);
                case Boolean _ -> {}
                case String text when text.isEmpty() -> {}
                case Arguments table when table.isEmpty() -> {}
                case Number number -> words.append(' ').append(name).append('=').append(number);
                case Object value -> words.append(' ').append(name).append('=').append(Values.print(value));
            }
        }
        return words.toString();
    }

    /// Nothing, when there are none.
    static String print(BasicProperties properties) {
        List<String> words = new ArrayList<>();
        for (RecordComponent component : BasicProperties.class.getRecordComponents()) {
            Object value = valueOf(component, properties);
            if (value != null) {
                String printed = value instanceof Number number ? number.toString() : Values.print(value);
                words.add(dashed(component.getName()) + ": " + printed);
            }
        }
        return words.isEmpty() ? "" : " properties={" + String.join(", ", words) + "}";
    }

    private static @Nullable Object valueOf(RecordComponent component, Object of) {
        try {
            var accessor = Objects.requireNonNull(component.getAccessor());
            accessor.setAccessible(true);
            return accessor.invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String dashed(String camelCase) {
        return camelCase.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
