package io.posthorn.protocol.amqp.wire;

import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;

/// Class 10. The connection itself, on channel 0.
public sealed interface ConnectionMethod extends Method {
    record Start(int versionMajor, int versionMinor, Arguments serverProperties, String mechanisms, String locales)
            implements ConnectionMethod {
        static Start read(WireReader in) {
            return new Start(in.octet(), in.octet(), in.table(), in.longText(), in.longText());
        }

        @Override
        public int id() {
            return 10 << 16 | 10;
        }

        @Override
        public String specName() {
            return "connection.start";
        }

        @Override
        public void write(WireWriter out) {
            out.octet(versionMajor);
            out.octet(versionMinor);
            out.table(serverProperties);
            out.longText(mechanisms);
            out.longText(locales);
        }
    }

    record StartOk(Arguments clientProperties, String mechanism, Bytes response, String locale)
            implements ConnectionMethod {
        static StartOk read(WireReader in) {
            return new StartOk(in.table(), in.shortString(), in.longString(), in.shortString());
        }

        @Override
        public int id() {
            return 10 << 16 | 11;
        }

        @Override
        public String specName() {
            return "connection.start-ok";
        }

        @Override
        public void write(WireWriter out) {
            out.table(clientProperties);
            out.shortString(mechanism);
            out.longString(response);
            out.shortString(locale);
        }
    }

    record Secure(Bytes challenge) implements ConnectionMethod {
        static Secure read(WireReader in) {
            return new Secure(in.longString());
        }

        @Override
        public int id() {
            return 10 << 16 | 20;
        }

        @Override
        public String specName() {
            return "connection.secure";
        }

        @Override
        public void write(WireWriter out) {
            out.longString(challenge);
        }
    }

    record SecureOk(Bytes response) implements ConnectionMethod {
        static SecureOk read(WireReader in) {
            return new SecureOk(in.longString());
        }

        @Override
        public int id() {
            return 10 << 16 | 21;
        }

        @Override
        public String specName() {
            return "connection.secure-ok";
        }

        @Override
        public void write(WireWriter out) {
            out.longString(response);
        }
    }

    record Tune(int channelMax, long frameMax, int heartbeat) implements ConnectionMethod {
        static Tune read(WireReader in) {
            return new Tune(in.short16(), in.long32(), in.short16());
        }

        @Override
        public int id() {
            return 10 << 16 | 30;
        }

        @Override
        public String specName() {
            return "connection.tune";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(channelMax);
            out.long32(frameMax);
            out.short16(heartbeat);
        }
    }

    record TuneOk(int channelMax, long frameMax, int heartbeat) implements ConnectionMethod {
        static TuneOk read(WireReader in) {
            return new TuneOk(in.short16(), in.long32(), in.short16());
        }

        @Override
        public int id() {
            return 10 << 16 | 31;
        }

        @Override
        public String specName() {
            return "connection.tune-ok";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(channelMax);
            out.long32(frameMax);
            out.short16(heartbeat);
        }
    }

    record Open(String virtualHost) implements ConnectionMethod {
        static Open read(WireReader in) {
            var method = new Open(in.shortString());
            in.skipShortString();
            in.skipBit();
            return method;
        }

        @Override
        public int id() {
            return 10 << 16 | 40;
        }

        @Override
        public String specName() {
            return "connection.open";
        }

        @Override
        public void write(WireWriter out) {
            out.shortString(virtualHost);
            out.shortString("");
            out.bit(false);
        }
    }

    record OpenOk() implements ConnectionMethod {
        static OpenOk read(WireReader in) {
            in.skipShortString();
            return new OpenOk();
        }

        @Override
        public int id() {
            return 10 << 16 | 41;
        }

        @Override
        public String specName() {
            return "connection.open-ok";
        }

        @Override
        public void write(WireWriter out) {
            out.shortString("");
        }
    }

    record Close(int replyCode, String replyText, int classId, int methodId) implements ConnectionMethod {
        static Close read(WireReader in) {
            return new Close(in.short16(), in.shortString(), in.short16(), in.short16());
        }

        @Override
        public int id() {
            return 10 << 16 | 50;
        }

        @Override
        public String specName() {
            return "connection.close";
        }

        @Override
        public void write(WireWriter out) {
            out.short16(replyCode);
            out.shortString(replyText);
            out.short16(classId);
            out.short16(methodId);
        }
    }

    record CloseOk() implements ConnectionMethod {
        static CloseOk read(WireReader in) {
            return new CloseOk();
        }

        @Override
        public int id() {
            return 10 << 16 | 51;
        }

        @Override
        public String specName() {
            return "connection.close-ok";
        }

        @Override
        public void write(WireWriter out) {}
    }

    record Blocked(String reason) implements ConnectionMethod {
        static Blocked read(WireReader in) {
            return new Blocked(in.shortString());
        }

        @Override
        public int id() {
            return 10 << 16 | 60;
        }

        @Override
        public String specName() {
            return "connection.blocked";
        }

        @Override
        public void write(WireWriter out) {
            out.shortString(reason);
        }
    }

    record Unblocked() implements ConnectionMethod {
        static Unblocked read(WireReader in) {
            return new Unblocked();
        }

        @Override
        public int id() {
            return 10 << 16 | 61;
        }

        @Override
        public String specName() {
            return "connection.unblocked";
        }

        @Override
        public void write(WireWriter out) {}
    }

    record UpdateSecret(Bytes newSecret, String reason) implements ConnectionMethod {
        static UpdateSecret read(WireReader in) {
            return new UpdateSecret(in.longString(), in.shortString());
        }

        @Override
        public int id() {
            return 10 << 16 | 70;
        }

        @Override
        public String specName() {
            return "connection.update-secret";
        }

        @Override
        public void write(WireWriter out) {
            out.longString(newSecret);
            out.shortString(reason);
        }
    }

    record UpdateSecretOk() implements ConnectionMethod {
        static UpdateSecretOk read(WireReader in) {
            return new UpdateSecretOk();
        }

        @Override
        public int id() {
            return 10 << 16 | 71;
        }

        @Override
        public String specName() {
            return "connection.update-secret-ok";
        }

        @Override
        public void write(WireWriter out) {}
    }
}
