package io.posthorn.verification.library;

import com.google.common.eventbus.AsyncEventBus;
import com.google.common.eventbus.Subscribe;
import io.posthorn.events.Codec;
import io.posthorn.events.Posthorn;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The ways that are compared. Each has one handler, on a thread that is not the publisher's.
public enum Buses {
    /// A queue and a thread: nothing can be faster.
    JDK {
        @Override
        Bus open(Consumer<Bus.Event> handler) {
            var queue = new LinkedBlockingQueue<Bus.Event>();
            Thread taker = Thread.ofPlatform().daemon().start(() -> take(queue, handler));
            return new Bus() {
                @Override
                public void publish(Event event) {
                    queue.add(event);
                }

                @Override
                public void close() {
                    taker.interrupt();
                }
            };
        }
    },
    GUAVA {
        @Override
        Bus open(Consumer<Bus.Event> handler) {
            ExecutorService executor = Executors.newSingleThreadExecutor();
            var bus = new AsyncEventBus(executor);
            bus.register(new GuavaHandler(handler));
            return new Bus() {
                @Override
                public void publish(Event event) {
                    bus.post(event);
                }

                @Override
                public void close() {
                    executor.close();
                }
            };
        }
    },
    /// Its codec encodes and decodes, as ours does: an event that may be changed by its receiver, or has to leave
    /// the process one day, is copied.
    VERTX {
        @Override
        Bus open(Consumer<Bus.Event> handler) {
            Vertx vertx = Vertx.vertx();
            EventBus bus = vertx.eventBus();
            bus.registerDefaultCodec(Bus.Event.class, new VertxCodec());
            bus.<Bus.Event>consumer("events", message -> handler.accept(message.body()));
            var options = new DeliveryOptions();
            return new Bus() {
                @Override
                public void publish(Event event) {
                    bus.publish("events", event, options);
                }

                @Override
                public void close() throws Exception {
                    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
                }
            };
        }
    },
    POSTHORN {
        @Override
        Bus open(Consumer<Bus.Event> handler) {
            Posthorn posthorn =
                    Posthorn.builder("mem:").codec(new PosthornCodec()).open();
            posthorn.bus().subscribe(Bus.Event.class, (event, _) -> handler.accept(event));
            return new Bus() {
                @Override
                public void publish(Event event) {
                    posthorn.bus().publish(event);
                }

                @Override
                public void publish(Event[] events) {
                    posthorn.bus().publishAll(Arrays.asList(events));
                }

                @Override
                public void close() {
                    posthorn.close();
                }
            };
        }
    };

    abstract Bus open(Consumer<Bus.Event> handler);

    private static void take(LinkedBlockingQueue<Bus.Event> queue, Consumer<Bus.Event> handler) {
        try {
            while (true) {
                handler.accept(queue.take());
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /// Guava finds its method by reflection.
    public static final class GuavaHandler {
        private final Consumer<Bus.Event> handler;

        GuavaHandler(Consumer<Bus.Event> handler) {
            this.handler = handler;
        }

        @Subscribe
        public void handle(Bus.Event event) {
            handler.accept(event);
        }
    }

    private static byte[] encoded(Bus.Event event) {
        byte[] text = event.what().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length)
                .putLong(event.number())
                .put(text)
                .array();
    }

    private static Bus.Event decoded(byte[] bytes) {
        long number = ByteBuffer.wrap(bytes).getLong();
        return new Bus.Event(number, new String(bytes, 8, bytes.length - 8, StandardCharsets.UTF_8));
    }

    private static final class VertxCodec implements MessageCodec<Bus.Event, Bus.Event> {
        @Override
        public void encodeToWire(Buffer buffer, Bus.Event event) {
            byte[] bytes = encoded(event);
            buffer.appendInt(bytes.length).appendBytes(bytes);
        }

        @Override
        public Bus.Event decodeFromWire(int position, Buffer buffer) {
            int length = buffer.getInt(position);
            return decoded(buffer.getBytes(position + 4, position + 4 + length));
        }

        @Override
        public Bus.Event transform(Bus.Event event) {
            return decoded(encoded(event));
        }

        @Override
        public String name() {
            return "event";
        }

        @Override
        public byte systemCodecID() {
            return -1;
        }
    }

    private static final class PosthornCodec implements Codec {
        @Override
        public String contentType() {
            return "application/x-event";
        }

        @Override
        public boolean takes(Class<?> type) {
            return type == Bus.Event.class;
        }

        @Override
        public byte[] encode(Object value) {
            return encoded((Bus.Event) value);
        }

        @Override
        public <T> T decode(byte[] bytes, Class<T> type) {
            return type.cast(decoded(bytes));
        }
    }
}
