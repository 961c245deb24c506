package io.posthorn.protocol.amqp.wire;

/// Class 90. Transactions of a channel.
public sealed interface TxMethod extends Method {
    record Select() implements TxMethod {
        static Select read(WireReader in) {
            return new Select();
        }

        @Override
        public int id() {
            return 90 << 16 | 10;
        }

        @Override
        public String specName() {
            return "tx.select";
        }

        @Override
        public void write(WireWriter out) {}
    }

    record SelectOk() implements TxMethod {
        static SelectOk read(WireReader in) {
            return new SelectOk();
        }

        @Override
        public int id() {
            return 90 << 16 | 11;
        }

        @Override
        public String specName() {
            return "tx.select-ok";
        }

        @Override
        public void write(WireWriter out) {}
    }

    record Commit() implements TxMethod {
        static Commit read(WireReader in) {
            return new Commit();
        }

        @Override
        public int id() {
            return 90 << 16 | 20;
        }

        @Override
        public String specName() {
            return "tx.commit";
        }

        @Override
        public void write(WireWriter out) {}
    }

    record CommitOk() implements TxMethod {
        static CommitOk read(WireReader in) {
            return new CommitOk();
        }

        @Override
        public int id() {
            return 90 << 16 | 21;
        }

        @Override
        public String specName() {
            return "tx.commit-ok";
        }

        @Override
        public void write(WireWriter out) {}
    }

    record Rollback() implements TxMethod {
        static Rollback read(WireReader in) {
            return new Rollback();
        }

        @Override
        public int id() {
            return 90 << 16 | 30;
        }

        @Override
        public String specName() {
            return "tx.rollback";
        }

        @Override
        public void write(WireWriter out) {}
    }

    record RollbackOk() implements TxMethod {
        static RollbackOk read(WireReader in) {
            return new RollbackOk();
        }

        @Override
        public int id() {
            return 90 << 16 | 31;
        }

        @Override
        public String specName() {
            return "tx.rollback-ok";
        }

        @Override
        public void write(WireWriter out) {}
    }
}
