package io.posthorn.protocol.amqp.wire;

import io.posthorn.broker.Arguments;

/// Class 50. Queues, and their bindings.
public sealed interface QueueMethod extends Method {
    record Declare(
            String queue,
            boolean passive,
            boolean durable,
            boolean exclusive,
            boolean autoDelete,
            boolean nowait,
            Arguments arguments)
            implements QueueMethod {
        static Declare read(WireReader in) {
            in.skipShort16();
            return new Declare(in.shortString(), in.bit(), in.bit(), in.bit(), in.bit(), in.bit(), in.table());
        }

        @Override
        public int id() {
            return 50 << 16 | 10;
        }

        @Override
        public String specName() {
            return "queue.declare";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(0);
            out.shortString(queue);
            out.bit(passive);
            out.bit(durable);
            out.bit(exclusive);
            out.bit(autoDelete);
            out.bit(nowait);
            out.table(arguments);
        }
    }

    record DeclareOk(String queue, long messageCount, long consumerCount) implements QueueMethod {
        static DeclareOk read(WireReader in) {
            return new DeclareOk(in.shortString(), in.long32(), in.long32());
        }

        @Override
        public int id() {
            return 50 << 16 | 11;
        }

        @Override
        public String specName() {
            return "queue.declare-ok";
        }

        @Override
        public void write(WireWriter out) {
            out.shortString(queue);
            out.long32(messageCount);
            out.long32(consumerCount);
        }
    }

    record Bind(String queue, String exchange, String routingKey, boolean nowait, Arguments arguments)
            implements QueueMethod {
        static Bind read(WireReader in) {
            in.skipShort16();
            return new Bind(in.shortString(), in.shortString(), in.shortString(), in.bit(), in.table());
        }

        @Override
        public int id() {
            return 50 << 16 | 20;
        }

        @Override
        public String specName() {
            return "queue.bind";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(0);
            out.shortString(queue);
            out.shortString(exchange);
            out.shortString(routingKey);
            out.bit(nowait);
            out.table(arguments);
        }
    }

    record BindOk() implements QueueMethod {
        static BindOk read(WireReader in) {
            return new BindOk();
        }

        @Override
        public int id() {
            return 50 << 16 | 21;
        }

        @Override
        public String specName() {
            return "queue.bind-ok";
        }

        @Override
        public void write(WireWriter out) {}
    }

    record Purge(String queue, boolean nowait) implements QueueMethod {
        static Purge read(WireReader in) {
            in.skipShort16();
            return new Purge(in.shortString(), in.bit());
        }

        @Override
        public int id() {
            return 50 << 16 | 30;
        }

        @Override
        public String specName() {
            return "queue.purge";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(0);
            out.shortString(queue);
            out.bit(nowait);
        }
    }

    record PurgeOk(long messageCount) implements QueueMethod {
        static PurgeOk read(WireReader in) {
            return new PurgeOk(in.long32());
        }

        @Override
        public int id() {
            return 50 << 16 | 31;
        }

        @Override
        public String specName() {
            return "queue.purge-ok";
        }

        @Override
        public void write(WireWriter out) {
            out.long32(messageCount);
        }
    }

    record Delete(String queue, boolean ifUnused, boolean ifEmpty, boolean nowait) implements QueueMethod {
        static Delete read(WireReader in) {
            in.skipShort16();
            return new Delete(in.shortString(), in.bit(), in.bit(), in.bit());
        }

        @Override
        public int id() {
            return 50 << 16 | 40;
        }

        @Override
        public String specName() {
            return "queue.delete";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(0);
            out.shortString(queue);
            out.bit(ifUnused);
            out.bit(ifEmpty);
            out.bit(nowait);
        }
    }

    record DeleteOk(long messageCount) implements QueueMethod {
        static DeleteOk read(WireReader in) {
            return new DeleteOk(in.long32());
        }

        @Override
        public int id() {
            return 50 << 16 | 41;
        }

        @Override
        public String specName() {
            return "queue.delete-ok";
        }

        @Override
        public void write(WireWriter out) {
            out.long32(messageCount);
        }
    }

    record Unbind(String queue, String exchange, String routingKey, Arguments arguments) implements QueueMethod {
        static Unbind read(WireReader in) {
            in.skipShort16();
            return new Unbind(in.shortString(), in.shortString(), in.shortString(), in.table());
        }

        @Override
        public int id() {
            return 50 << 16 | 50;
        }

        @Override
        public String specName() {
            return "queue.unbind";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(0);
            out.shortString(queue);
            out.shortString(exchange);
            out.shortString(routingKey);
            out.table(arguments);
        }
    }

    record UnbindOk() implements QueueMethod {
        static UnbindOk read(WireReader in) {
            return new UnbindOk();
        }

        @Override
        public int id() {
            return 50 << 16 | 51;
        }

        @Override
        public String specName() {
            return "queue.unbind-ok";
        }

        @Override
        public void write(WireWriter out) {}
    }
}
