package io.posthorn.protobuf;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.posthorn.events.Codec;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/// Protobuf, for the classes that its compiler makes. Found before a codec that takes anything. Thread-safe.
///
/// As an event a message is of its own class alone, by that class's name without the package or the name it is
/// registered by: what is above it is Protobuf's.
public final class ProtobufCodec implements Codec {
    /// The parser of each class, found once.
    private static final ClassValue<Parser<?>> PARSERS = new ClassValue<>() {
        @Override
        protected Parser<?> computeValue(Class<?> type) {
            try {
                Method parser = type.getMethod("parser");
                return (Parser<?>) parser.invoke(null);
            } catch (ReflectiveOperationException e) {
                throw new IllegalArgumentException(type.getName() + " is no class that Protobuf's compiler made", e);
            }
        }
    };

    /// For the service loader.
    public ProtobufCodec() {}

    @Override
    public String contentType() {
        return "application/protobuf";
    }

    @Override
    public boolean takes(Class<?> type) {
        return MessageLite.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers());
    }

    @Override
    public boolean isMachinery(Class<?> type) {
        boolean isOfTheRuntime = type.getPackageName().equals(Message.class.getPackageName());
        return (isOfTheRuntime && !takes(type)) || type.getSimpleName().endsWith("OrBuilder");
    }

    @Override
    public byte[] encode(Object value) {
        return ((MessageLite) value).toByteArray();
    }

    @Override
    public <T> T decode(byte[] bytes, Class<T> type) {
        try {
            return type.cast(PARSERS.get(type).parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(
                    "it is no " + type.getSimpleName() + " of Protobuf: " + e.getMessage(), e);
        }
    }
}
