package io.posthorn.protocol.amqp.wire;

import io.posthorn.log.Bytes;

/// Class 20. A channel: opening and closing it.
public sealed interface ChannelMethod extends Method {
    record Open() implements ChannelMethod {
        static Open read(WireReader in) {
            in.skipShortString();
            return new Open();
        }

        @Override
        public int id() {
            return 20 << 16 | 10;
        }

        @Override
        public String specName() {
            return "channel.open";
        }

        @Override
        public void write(WireWriter out) {
            out.shortString("");
        }
    }

    record OpenOk() implements ChannelMethod {
        static OpenOk read(WireReader in) {
            in.skipLongString();
            return new OpenOk();
        }

        @Override
        public int id() {
            return 20 << 16 | 11;
        }

        @Override
        public String specName() {
            return "channel.open-ok";
        }

        @Override
        public void write(WireWriter out) {
            out.longString(Bytes.EMPTY);
        }
    }

    record Flow(boolean active) implements ChannelMethod {
        static Flow read(WireReader in) {
            return new Flow(in.bit());
        }

        @Override
        public int id() {
            return 20 << 16 | 20;
        }

        @Override
        public String specName() {
            return "channel.flow";
        }

        @Override
        public void write(WireWriter out) {
            out.bit(active);
        }
    }

    record FlowOk(boolean active) implements ChannelMethod {
        static FlowOk read(WireReader in) {
            return new FlowOk(in.bit());
        }

        @Override
        public int id() {
            return 20 << 16 | 21;
        }

        @Override
        public String specName() {
            return "channel.flow-ok";
        }

        @Override
        public void write(WireWriter out) {
            out.bit(active);
        }
    }

    record Close(int replyCode, String replyText, int classId, int methodId) implements ChannelMethod {
        static Close read(WireReader in) {
            return new Close(in.short16(), in.shortString(), in.short16(), in.short16());
        }

        @Override
        public int id() {
            return 20 << 16 | 40;
        }

        @Override
        public String specName() {
            return "channel.close";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(replyCode);
            out.shortString(replyText);
            out.short16(classId);
            out.short16(methodId);
        }
    }

    record CloseOk() implements ChannelMethod {
        static CloseOk read(WireReader in) {
            return new CloseOk();
        }

        @Override
        public int id() {
            return 20 << 16 | 41;
        }

        @Override
        public String specName() {
            return "channel.close-ok";
        }

        @Override
        public void write(WireWriter out) {}
    }
}
