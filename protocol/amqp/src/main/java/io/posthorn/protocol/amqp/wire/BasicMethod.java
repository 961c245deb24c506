package io.posthorn.protocol.amqp.wire;

import io.posthorn.broker.Arguments;

/// Class 60. Messages: publishing, delivery, settlement.
public sealed interface BasicMethod extends Method {
    record Qos(long prefetchSize, int prefetchCount, boolean global) implements BasicMethod {
        static Qos read(WireReader in) {
            return new Qos(in.long32(), in.short16(), in.bit());
        }

        @Override
        public int id() {
            return 60 << 16 | 10;
        }

        @Override
        public String specName() {
            return "basic.qos";
        }

        @Override
        public void write(WireWriter out) {
            out.long32(prefetchSize);
            out.short16(prefetchCount);
            out.bit(global);
        }
    }

    record QosOk() implements BasicMethod {
        static QosOk read(WireReader in) {
            return new QosOk();
        }

        @Override
        public int id() {
            return 60 << 16 | 11;
        }

        @Override
        public String specName() {
            return "basic.qos-ok";
        }

        @Override
        public void write(WireWriter out) {}
    }

    record Consume(
            String queue,
            String consumerTag,
            boolean noLocal,
            boolean noAck,
            boolean exclusive,
            boolean nowait,
            Arguments arguments)
            implements BasicMethod {
        static Consume read(WireReader in) {
            in.skipShort16();
            return new Consume(in.shortString(), in.shortString(), in.bit(), in.bit(), in.bit(), in.bit(), in.table());
        }

        @Override
        public int id() {
            return 60 << 16 | 20;
        }

        @Override
        public String specName() {
            return "basic.consume";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(0);
            out.shortString(queue);
            out.shortString(consumerTag);
            out.bit(noLocal);
            out.bit(noAck);
            out.bit(exclusive);
            out.bit(nowait);
            out.table(arguments);
        }
    }

    record ConsumeOk(String consumerTag) implements BasicMethod {
        static ConsumeOk read(WireReader in) {
            return new ConsumeOk(in.shortString());
        }

        @Override
        public int id() {
            return 60 << 16 | 21;
        }

        @Override
        public String specName() {
            return "basic.consume-ok";
        }

        @Override
        public void write(WireWriter out) {
            out.shortString(consumerTag);
        }
    }

    record Cancel(String consumerTag, boolean nowait) implements BasicMethod {
        static Cancel read(WireReader in) {
            return new Cancel(in.shortString(), in.bit());
        }

        @Override
        public int id() {
            return 60 << 16 | 30;
        }

        @Override
        public String specName() {
            return "basic.cancel";
        }

        @Override
        public void write(WireWriter out) {
            out.shortString(consumerTag);
            out.bit(nowait);
        }
    }

    record CancelOk(String consumerTag) implements BasicMethod {
        static CancelOk read(WireReader in) {
            return new CancelOk(in.shortString());
        }

        @Override
        public int id() {
            return 60 << 16 | 31;
        }

        @Override
        public String specName() {
            return "basic.cancel-ok";
        }

        @Override
        public void write(WireWriter out) {
            out.shortString(consumerTag);
        }
    }

    record Publish(String exchange, String routingKey, boolean mandatory, boolean immediate) implements BasicMethod {
        static Publish read(WireReader in) {
            in.skipShort16();
            return new Publish(in.shortString(), in.shortString(), in.bit(), in.bit());
        }

        @Override
        public int id() {
            return 60 << 16 | 40;
        }

        @Override
        public String specName() {
            return "basic.publish";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(0);
            out.shortString(exchange);
            out.shortString(routingKey);
            out.bit(mandatory);
            out.bit(immediate);
        }
    }

    record Return(int replyCode, String replyText, String exchange, String routingKey) implements BasicMethod {
        static Return read(WireReader in) {
            return new Return(in.short16(), in.shortString(), in.shortString(), in.shortString());
        }

        @Override
        public int id() {
            return 60 << 16 | 50;
        }

        @Override
        public String specName() {
            return "basic.return";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(replyCode);
            out.shortString(replyText);
            out.shortString(exchange);
            out.shortString(routingKey);
        }
    }

    record Deliver(String consumerTag, long deliveryTag, boolean redelivered, String exchange, String routingKey)
            implements BasicMethod {
        static Deliver read(WireReader in) {
            return new Deliver(in.shortString(), in.long64(), in.bit(), in.shortString(), in.shortString());
        }

        @Override
        public int id() {
            return 60 << 16 | 60;
        }

        @Override
        public String specName() {
            return "basic.deliver";
        }

        @Override
        public void write(WireWriter out) {
            out.shortString(consumerTag);
            out.long64(deliveryTag);
            out.bit(redelivered);
            out.shortString(exchange);
            out.shortString(routingKey);
        }
    }

    record Get(String queue, boolean noAck) implements BasicMethod {
        static Get read(WireReader in) {
            in.skipShort16();
            return new Get(in.shortString(), in.bit());
        }

        @Override
        public int id() {
            return 60 << 16 | 70;
        }

        @Override
        public String specName() {
            return "basic.get";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(0);
            out.shortString(queue);
            out.bit(noAck);
        }
    }

    record GetOk(long deliveryTag, boolean redelivered, String exchange, String routingKey, long messageCount)
            implements BasicMethod {
        static GetOk read(WireReader in) {
            return new GetOk(in.long64(), in.bit(), in.shortString(), in.shortString(), in.long32());
        }

        @Override
        public int id() {
            return 60 << 16 | 71;
        }

        @Override
        public String specName() {
            return "basic.get-ok";
        }

        @Override
        public void write(WireWriter out) {
            out.long64(deliveryTag);
            out.bit(redelivered);
            out.shortString(exchange);
            out.shortString(routingKey);
            out.long32(messageCount);
        }
    }

    record GetEmpty() implements BasicMethod {
        static GetEmpty read(WireReader in) {
            in.skipShortString();
            return new GetEmpty();
        }

        @Override
        public int id() {
            return 60 << 16 | 72;
        }

        @Override
        public String specName() {
            return "basic.get-empty";
        }

        @Override
        public void write(WireWriter out) {
            out.shortString("");
        }
    }

    record Ack(long deliveryTag, boolean multiple) implements BasicMethod {
        static Ack read(WireReader in) {
            return new Ack(in.long64(), in.bit());
        }

        @Override
        public int id() {
            return 60 << 16 | 80;
        }

        @Override
        public String specName() {
            return "basic.ack";
        }

        @Override
        public void write(WireWriter out) {
            out.long64(deliveryTag);
            out.bit(multiple);
        }
    }

    record Reject(long deliveryTag, boolean requeue) implements BasicMethod {
        static Reject read(WireReader in) {
            return new Reject(in.long64(), in.bit());
        }

        @Override
        public int id() {
            return 60 << 16 | 90;
        }

        @Override
        public String specName() {
            return "basic.reject";
        }

        @Override
        public void write(WireWriter out) {
            out.long64(deliveryTag);
            out.bit(requeue);
        }
    }

    record RecoverAsync(boolean requeue) implements BasicMethod {
        static RecoverAsync read(WireReader in) {
            return new RecoverAsync(in.bit());
        }

        @Override
        public int id() {
            return 60 << 16 | 100;
        }

        @Override
        public String specName() {
            return "basic.recover-async";
        }

        @Override
        public void write(WireWriter out) {
            out.bit(requeue);
        }
    }

    record Recover(boolean requeue) implements BasicMethod {
        static Recover read(WireReader in) {
            return new Recover(in.bit());
        }

        @Override
        public int id() {
            return 60 << 16 | 110;
        }

        @Override
        public String specName() {
            return "basic.recover";
        }

        @Override
        public void write(WireWriter out) {
            out.bit(requeue);
        }
    }

    record RecoverOk() implements BasicMethod {
        static RecoverOk read(WireReader in) {
            return new RecoverOk();
        }

        @Override
        public int id() {
            return 60 << 16 | 111;
        }

        @Override
        public String specName() {
            return "basic.recover-ok";
        }

        @Override
        public void write(WireWriter out) {}
    }

    record Nack(long deliveryTag, boolean multiple, boolean requeue) implements BasicMethod {
        static Nack read(WireReader in) {
            return new Nack(in.long64(), in.bit(), in.bit());
        }

        @Override
        public int id() {
            return 60 << 16 | 120;
        }

        @Override
        public String specName() {
            return "basic.nack";
        }

        @Override
        public void write(WireWriter out) {
            out.long64(deliveryTag);
            out.bit(multiple);
            out.bit(requeue);
        }
    }
}
