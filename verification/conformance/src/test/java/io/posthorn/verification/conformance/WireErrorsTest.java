package io.posthorn.verification.conformance;

import static io.posthorn.verification.conformance.RawAmqp.BODY;
import static io.posthorn.verification.conformance.RawAmqp.HEADER;
import static io.posthorn.verification.conformance.RawAmqp.HEARTBEAT;
import static io.posthorn.verification.conformance.RawAmqp.METHOD;
import static io.posthorn.verification.conformance.RawAmqp.frameBytes;
import static io.posthorn.verification.conformance.RawAmqp.header;
import static io.posthorn.verification.conformance.RawAmqp.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.posthorn.verification.conformance.RawAmqp.Arguments;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Frames that break the protocol, which no client library would send: each ends the connection with a code that says
/// why.
@Execution(ExecutionMode.CONCURRENT)
class WireErrorsTest {
    private static final Map<Integer, String> NAMES = Map.of(
            501, "FRAME_ERROR",
            503, "COMMAND_INVALID",
            504, "CHANNEL_ERROR",
            505, "UNEXPECTED_FRAME",
            530, "NOT_ALLOWED",
            540, "NOT_IMPLEMENTED");

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void endsTheConnectionWithAReason(Row row) throws IOException {
        try (RawAmqp raw = RawAmqp.withChannel()) {
            row.operation.on(raw);

            RawAmqp.Close close = raw.expectClose();
            assertThat(close.ofConnection()).isTrue();
            assertThat(List.of(close.code(), close.classId(), close.methodId()))
                    .isEqualTo(List.of(row.code, row.classId, row.methodId));
            assertThat(close.text()).startsWith(NAMES.get(row.code) + " - ");
        }
    }

    interface Operation {
        void on(RawAmqp raw) throws IOException;
    }

    record Row(String name, int code, int classId, int methodId, Operation operation) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Row row(String name, int code, int classId, int methodId, Operation operation) {
        return new Row(name, code, classId, methodId, operation);
    }

    /// Where RabbitMQ crashes, hangs or looks away, and we answer.
    private static Row ours(String name, int code, int classId, int methodId, Operation operation) {
        return new Row(name, code, classId, methodId, raw -> {
            assumeTrue(BrokerUnderTest.isPosthorn());
            operation.on(raw);
        });
    }

    private static Arguments publish() {
        return new Arguments().uint16(0).shortString("").shortString("nowhere").octet(0);
    }

    static Stream<Row> endsTheConnectionWithAReason() {
        return Stream.of(
                row("a frame larger than frame_max", 501, 0, 0, raw -> raw.frame(BODY, 1, new byte[140_000])),
                row("a frame without its end octet", 501, 0, 0, raw -> raw.send(hex("01 0001 00000005 0014000a00 00"))),
                row("an unknown frame type", 501, 0, 0, raw -> raw.frame(7, 1, new byte[4])),
                ours("a body longer than its header says", 501, 60, 40, raw -> {
                    raw.method(1, 60, 40, publish());
                    raw.frame(HEADER, 1, header(60, 1, hex("0000")));
                    raw.frame(BODY, 1, new byte[2]);
                }),
                row("a heartbeat on a channel", 505, 0, 0, raw -> raw.frame(HEARTBEAT, 1, new byte[0])),
                row("a heartbeat with a payload", 501, 0, 0, raw -> raw.frame(HEARTBEAT, 0, new byte[1])),
                row("a header without a publish", 505, 0, 0, raw -> raw.frame(HEADER, 1, header(60, 0, hex("0000")))),
                row("a body without a header", 505, 60, 40, raw -> {
                    raw.method(1, 60, 40, publish());
                    raw.frame(BODY, 1, new byte[1]);
                }),
                row("a method instead of the header", 505, 60, 40, raw -> {
                    raw.method(1, 60, 40, publish());
                    raw.method(1, 60, 40, publish());
                }),
                row("a method instead of the body", 505, 60, 40, raw -> {
                    raw.method(1, 60, 40, publish());
                    raw.frame(HEADER, 1, header(60, 10, hex("0000")));
                    raw.method(1, 60, 40, publish());
                }),
                row("a header of another class", 505, 60, 40, raw -> {
                    raw.method(1, 60, 40, publish());
                    raw.frame(HEADER, 1, header(50, 0, hex("0000")));
                }),
                row(
                        "a second open of a channel",
                        504,
                        20,
                        10,
                        raw -> raw.method(1, 20, 10, new Arguments().shortString(""))),
                row(
                        "a method on a channel that is not open",
                        504,
                        85,
                        10,
                        raw -> raw.method(2, 85, 10, new Arguments().octet(0))),
                row("a channel method on channel 0", 504, 60, 40, raw -> raw.method(0, 60, 40, publish())),
                ours("an unknown class", 540, 99, 10, raw -> raw.method(1, 99, 10, new Arguments())),
                ours("an unknown method", 540, 60, 199, raw -> raw.method(1, 60, 199, new Arguments())),
                row("a method cut short", 501, 60, 40, raw -> raw.frame(METHOD, 1, hex("003c0028 0000 05 61"))),
                row("a method payload of two octets", 501, 0, 0, raw -> raw.frame(METHOD, 1, hex("003c"))),
                row(
                        "a method that only a broker sends",
                        503,
                        60,
                        21,
                        raw -> raw.method(1, 60, 21, new Arguments().shortString("t"))),
                row(
                        "connection.open again",
                        504,
                        10,
                        40,
                        raw -> raw.method(
                                0,
                                10,
                                40,
                                new Arguments().shortString("/").shortString("").octet(0))),
                ours(
                        "a channel above channel_max",
                        530,
                        20,
                        10,
                        raw -> raw.method(3000, 20, 10, new Arguments().shortString(""))),
                row(
                        "a table longer than its frame",
                        501,
                        50,
                        10,
                        raw -> raw.method(
                                1,
                                50,
                                10,
                                new Arguments()
                                        .uint16(0)
                                        .shortString("q")
                                        .octet(0)
                                        .uint32(0x7fffffff))),
                ours(
                        "a field of an unknown kind",
                        501,
                        50,
                        10,
                        raw -> raw.method(
                                1,
                                50,
                                10,
                                new Arguments()
                                        .uint16(0)
                                        .shortString("q")
                                        .octet(0)
                                        .table(hex("01 61 7a 00")))),
                ours("properties cut short", 501, 60, 40, raw -> {
                    raw.method(1, 60, 40, publish());
                    raw.frame(HEADER, 1, header(60, 0, hex("8000 20 61")));
                }),
                row("a bad frame behind a good one in one write", 505, 0, 0, raw -> {
                    byte[] good = frameBytes(HEARTBEAT, 0, new byte[0]);
                    byte[] bad = frameBytes(HEARTBEAT, 1, new byte[0]);
                    byte[] both = ByteBuffer.allocate(good.length + bad.length)
                            .put(good)
                            .put(bad)
                            .array();
                    raw.send(both);
                }));
    }
}
