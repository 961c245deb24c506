package io.posthorn.protocol.amqp.wire;

import io.posthorn.broker.Arguments;

/// Class 40. Exchanges, and bindings between them (an extension of RabbitMQ).
public sealed interface ExchangeMethod extends Method {
    record Declare(
            String exchange,
            String type,
            boolean passive,
            boolean durable,
            boolean autoDelete,
            boolean internal,
            boolean nowait,
            Arguments arguments)
            implements ExchangeMethod {
        static Declare read(WireReader in) {
            in.skipShort16();
            return new Declare(
                    in.shortString(), in.shortString(), in.bit(), in.bit(), in.bit(), in.bit(), in.bit(), in.table());
        }

        @Override
        public int id() {
            return 40 << 16 | 10;
        }

        @Override
        public String specName() {
            return "exchange.declare";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(0);
            out.shortString(exchange);
            out.shortString(type);
            out.bit(passive);
            out.bit(durable);
            out.bit(autoDelete);
            out.bit(internal);
            out.bit(nowait);
            out.table(arguments);
        }
    }

    record DeclareOk() implements ExchangeMethod {
        static DeclareOk read(WireReader in) {
            return new DeclareOk();
        }

        @Override
        public int id() {
            return 40 << 16 | 11;
        }

        @Override
        public String specName() {
            return "exchange.declare-ok";
        }

        @Override
        public void write(WireWriter out) {}
    }

    record Delete(String exchange, boolean ifUnused, boolean nowait) implements ExchangeMethod {
        static Delete read(WireReader in) {
            in.skipShort16();
            return new Delete(in.shortString(), in.bit(), in.bit());
        }

        @Override
        public int id() {
            return 40 << 16 | 20;
        }

        @Override
        public String specName() {
            return "exchange.delete";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(0);
            out.shortString(exchange);
            out.bit(ifUnused);
            out.bit(nowait);
        }
    }

    record DeleteOk() implements ExchangeMethod {
        static DeleteOk read(WireReader in) {
            return new DeleteOk();
        }

        @Override
        public int id() {
            return 40 << 16 | 21;
        }

        @Override
        public String specName() {
            return "exchange.delete-ok";
        }

        @Override
        public void write(WireWriter out) {}
    }

    record Bind(String destination, String source, String routingKey, boolean nowait, Arguments arguments)
            implements ExchangeMethod {
        static Bind read(WireReader in) {
            in.skipShort16();
            return new Bind(in.shortString(), in.shortString(), in.shortString(), in.bit(), in.table());
        }

        @Override
        public int id() {
            return 40 << 16 | 30;
        }

        @Override
        public String specName() {
            return "exchange.bind";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(0);
            out.shortString(destination);
            out.shortString(source);
            out.shortString(routingKey);
            out.bit(nowait);
            out.table(arguments);
        }
    }

    record BindOk() implements ExchangeMethod {
        static BindOk read(WireReader in) {
            return new BindOk();
        }

        @Override
        public int id() {
            return 40 << 16 | 31;
        }

        @Override
        public String specName() {
            return "exchange.bind-ok";
        }

        @Override
        public void write(WireWriter out) {}
    }

    record Unbind(String destination, String source, String routingKey, boolean nowait, Arguments arguments)
            implements ExchangeMethod {
        static Unbind read(WireReader in) {
            in.skipShort16();
            return new Unbind(in.shortString(), in.shortString(), in.shortString(), in.bit(), in.table());
        }

        @Override
        public int id() {
            return 40 << 16 | 40;
        }

        @Override
        public String specName() {
            return "exchange.unbind";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(0);
            out.shortString(destination);
            out.shortString(source);
            out.shortString(routingKey);
            out.bit(nowait);
            out.table(arguments);
        }
    }

    record UnbindOk() implements ExchangeMethod {
        static UnbindOk read(WireReader in) {
            return new UnbindOk();
        }

        @Override
        public int id() {
            return 40 << 16 | 51;
        }

        @Override
        public String specName() {
            return "exchange.unbind-ok";
        }

        @Override
        public void write(WireWriter out) {}
    }
}
