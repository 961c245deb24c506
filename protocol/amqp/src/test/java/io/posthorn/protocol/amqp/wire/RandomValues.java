package io.posthorn.protocol.amqp.wire;

import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Random values of every type on the wire, each inside its range.
@SuppressWarnings("NullAway") // the class file of a record does not say that its map may hold null
final class RandomValues {
    private RandomValues() {}

    static Stream<Class<? extends Method>> methods() {
        return Arrays.stream(Method.class.getPermittedSubclasses())
                .flatMap(kind -> Arrays.stream(kind.getPermittedSubclasses()))
                .map(type -> type.asSubclass(Method.class));
    }

    static Method method(Class<? extends Method> type, Random random) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = component(types[i], components[i].getName(), random);
        }
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static Arguments table(Random random, int depth) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            fields.put(text(random, 20), value(random, depth));
        }
        return new Arguments(fields);
    }

    private static Object component(Class<?> type, String name, Random random) {
        if (type == boolean.class) {
            return random.nextBoolean();
        }
        if (type == int.class) {
            return random.nextInt(name.startsWith("version") ? 256 : 65_536);
        }
        if (type == long.class) {
            return name.equals("deliveryTag") ? random.nextLong() : random.nextLong(1L << 31);
        }
        if (type == String.class) {
            return text(random, 60);
        }
        return type == Bytes.class ? bytes(random) : table(random, 0);
    }

    private static @Nullable Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 3 ? 12 : 14)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> (byte) random.nextInt();
            case 3 -> (short) random.nextInt();
            case 4 -> random.nextInt();
            case 5 -> random.nextLong();
            case 6 -> random.nextFloat();
            case 7 -> random.nextDouble();
            case 8 -> new BigDecimal(BigInteger.valueOf(random.nextInt(1 << 30)), random.nextInt(10));
            case 9 -> Instant.ofEpochSecond(random.nextInt());
            case 10 -> text(random, 300);
            case 11 -> bytes(random);
            case 12 -> table(random, depth + 1);
            default -> list(random, depth + 1);
        };
    }

    private static List<@Nullable Object> list(Random random, int depth) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            values.add(value(random, depth));
        }
        return values;
    }

    private static Bytes bytes(Random random) {
        byte[] array = new byte[random.nextInt(50)];
        random.nextBytes(array);
        return new Bytes(array);
    }

    private static String text(Random random, int longest) {
        var text = new StringBuilder();
        for (int i = random.nextInt(longest); i > 0; i--) {
            text.append(random.nextInt(10) == 0 ? 'é' : (char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }
}
