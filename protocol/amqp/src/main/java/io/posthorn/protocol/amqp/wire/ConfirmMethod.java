package io.posthorn.protocol.amqp.wire;

/// Class 85. Publisher confirms, an extension of RabbitMQ.
public sealed interface ConfirmMethod extends Method {
    record Select(boolean nowait) implements ConfirmMethod {
        static Select read(WireReader in) {
            return new Select(in.bit());
        }

        @Override
        public int id() {
            return 85 << 16 | 10;
        }

        @Override
        public String specName() {
            return "confirm.select";
        }

        @Override
        public void write(WireWriter out) {
            out.bit(nowait);
        }
    }

    record SelectOk() implements ConfirmMethod {
        static SelectOk read(WireReader in) {
            return new SelectOk();
        }

        @Override
        public int id() {
            return 85 << 16 | 11;
        }

        @Override
        public String specName() {
            return "confirm.select-ok";
        }

        @Override
        public void write(WireWriter out) {}
    }
}
