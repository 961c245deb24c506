package io.posthorn.verification.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The few AMQP frames that a load sends, in the bytes of the specification.
final class Frames {
    static final byte METHOD = 1;
    static final byte HEADER = 2;
    static final byte BODY = 3;
    static final byte HEARTBEAT = 8;

    static final int CONNECTION_START = method(10, 10);
    static final int CONNECTION_TUNE = method(10, 30);
    static final int CONNECTION_OPEN_OK = method(10, 41);
    static final int CONNECTION_CLOSE = method(10, 50);
    static final int CHANNEL_OPEN_OK = method(20, 11);
    static final int CHANNEL_CLOSE = method(20, 40);
    static final int QUEUE_DECLARE_OK = method(50, 11);
    static final int QUEUE_DELETE_OK = method(50, 41);
    static final int QOS_OK = method(60, 11);
    static final int CONSUME_OK = method(60, 21);
    static final int DELIVER = method(60, 60);
    static final int ACK = method(60, 80);
    static final int CONFIRM_SELECT_OK = method(85, 11);

    private static final byte DURABLE = 0b10;
    private static final byte END = (byte) 0xCE;
    private static final int DELIVERY_MODE_FLAG = 1 << 12;

    private Frames() {}

    static int method(int classId, int methodId) {
        return classId << 16 | methodId;
    }

    static void protocolHeader(ByteBuffer out) {
        out.put("AMQP".getBytes(StandardCharsets.US_ASCII)).put(new byte[] {0, 0, 9, 1});
    }

    static void startOk(ByteBuffer out) {
        int frame = begin(out, METHOD, 0);
        out.putInt(method(10, 11)).putInt(0);
        shortString(out, "PLAIN");
        longString(out, "\0guest\0guest");
        shortString(out, "en_US");
        end(out, frame);
    }

    static void tuneOk(ByteBuffer out, short channels, int frameMax) {
        int frame = begin(out, METHOD, 0);
        out.putInt(method(10, 31)).putShort(channels).putInt(frameMax).putShort((short) 0);
        end(out, frame);
    }

    static void connectionOpen(ByteBuffer out) {
        int frame = begin(out, METHOD, 0);
        out.putInt(method(10, 40));
        shortString(out, "/");
        out.put((byte) 0).put((byte) 0);
        end(out, frame);
    }

    static void channelOpen(ByteBuffer out) {
        int frame = begin(out, METHOD, 1);
        out.putInt(method(20, 10)).put((byte) 0);
        end(out, frame);
    }

    /// @param type of the queue: `classic` or `quorum`; empty leaves the choice to the broker
    static void queueDeclare(ByteBuffer out, String queue, String type) {
        int frame = begin(out, METHOD, 1);
        out.putInt(method(50, 10)).putShort((short) 0);
        shortString(out, queue);
        out.put(DURABLE);
        int table = out.position();
        out.putInt(0);
        if (!type.isEmpty()) {
            shortString(out, "x-queue-type");
            out.put((byte) 'S');
            longString(out, type);
        }
        out.putInt(table, out.position() - table - Integer.BYTES);
        end(out, frame);
    }

    static void queueDelete(ByteBuffer out, String queue) {
        int frame = begin(out, METHOD, 1);
        out.putInt(method(50, 40)).putShort((short) 0);
        shortString(out, queue);
        out.put((byte) 0);
        end(out, frame);
    }

    static void confirmSelect(ByteBuffer out) {
        int frame = begin(out, METHOD, 1);
        out.putInt(method(85, 10)).put((byte) 0);
        end(out, frame);
    }

    static void qos(ByteBuffer out, int prefetch) {
        int frame = begin(out, METHOD, 1);
        out.putInt(method(60, 10)).putInt(0).putShort((short) prefetch).put((byte) 0);
        end(out, frame);
    }

    static void consume(ByteBuffer out, String queue, boolean autoAck) {
        int frame = begin(out, METHOD, 1);
        out.putInt(method(60, 20)).putShort((short) 0);
        shortString(out, queue);
        shortString(out, "c");
        out.put((byte) (autoAck ? 0b10 : 0)).putInt(0);
        end(out, frame);
    }

    /// A whole message to the default exchange: publish, header and body, all bytes of the body 0.
    ///
    /// @return where the body lies in `out`
    static int publish(ByteBuffer out, String queue, boolean persistent, int bodyBytes) {
        int publish = begin(out, METHOD, 1);
        out.putInt(method(60, 40)).putShort((short) 0).put((byte) 0);
        shortString(out, queue);
        out.put((byte) 0);
        end(out, publish);
        int header = begin(out, HEADER, 1);
        out.putShort((short) 60).putShort((short) 0).putLong(bodyBytes).putShort((short) DELIVERY_MODE_FLAG);
        out.put((byte) (persistent ? 2 : 1));
        end(out, header);
        int body = begin(out, BODY, 1);
        int at = out.position();
        out.position(at + bodyBytes);
        end(out, body);
        return at;
    }

    static void ack(ByteBuffer out, long deliveryTag, boolean multiple) {
        int frame = begin(out, METHOD, 1);
        out.putInt(ACK).putLong(deliveryTag).put((byte) (multiple ? 1 : 0));
        end(out, frame);
    }

    private static int begin(ByteBuffer out, byte type, int channel) {
        out.put(type).putShort((short) channel);
        int lengthAt = out.position();
        out.putInt(0);
        return lengthAt;
    }

    private static void end(ByteBuffer out, int lengthAt) {
        out.putInt(lengthAt, out.position() - lengthAt - Integer.BYTES);
        out.put(END);
    }

    private static void shortString(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.put((byte) bytes.length).put(bytes);
    }

    private static void longString(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putInt(bytes.length).put(bytes);
    }
}
