package io.posthorn.verification.conformance;

import static io.posthorn.verification.conformance.RawAmqp.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.posthorn.verification.conformance.RawAmqp.Arguments;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A message's properties come out with the very bytes that went in, whatever the kind of a header's value.
class FieldTableTest {
    @AutoClose
    private final Amqp amqp = new Amqp();

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "long string, 53 00000003 616263",
        "empty string, 53 00000000",
        "string that is no UTF-8, 53 00000002 ff fe",
        "signed 8 bits, 62 80",
        "signed 16 bits, 73 8000",
        "signed 32 bits, 49 80000000",
        "signed 64 bits, 6c 8000000000000000",
        "float, 66 3fc00000",
        "double, 64 3ff8000000000000",
        "decimal, 44 02 0000013a",
        "boolean, 74 01",
        "timestamp, 54 00000000 6553f100",
        "void, 56",
        "bytes, 78 00000003 00ff00",
        "array, 41 00000008 62 07 41 00000001 56",
        "empty array, 41 00000000",
        "table, 46 0000000a 01 61 46 00000003 01 62 56",
        "empty table, 46 00000000",
    })
    void everyKindOfValueKeepsItsBytes(String kind, String value) throws Exception {
        keepsItsBytes(headers(hex(value)));
    }

    /// RabbitMQ writes these back in a wider kind, and falls over a number that is none; we keep them.
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "not-a-number, 66 7fc00001",
        "unsigned 8 bits, 42 ff",
        "unsigned 16 bits, 75 ffff",
        "unsigned 32 bits, 69 ffffffff",
        "64 bits as L, 4c 0000000000000001"
    })
    void whatOthersChangeKeepsItsBytes(String kind, String value) throws Exception {
        assumeTrue(BrokerUnderTest.isPosthorn());
        keepsItsBytes(headers(hex(value)));
    }

    @ParameterizedTest
    @CsvSource({
        "0000",
        "2000 00000000",
        "fff8 01 61 01 7a 00000000 02 07 01 62 01 63 05 3130303030 01 64 000000006553f100 01 65 05 6775657374 01 66"
    })
    void allOrNoPropertiesKeepTheirBytes(String properties) throws Exception {
        keepsItsBytes(hex(properties));
    }

    private static byte[] headers(byte[] value) {
        Arguments table = new Arguments().uint16(0x2000);
        byte[] field = ByteBuffer.allocate(2 + value.length)
                .put((byte) 1)
                .put((byte) 'k')
                .put(value)
                .array();
        return table.table(field).bytes();
    }

    private void keepsItsBytes(byte[] properties) throws Exception {
        String queue = amqp.queue();
        try (RawAmqp raw = RawAmqp.withChannel()) {
            raw.publish(1, queue, properties, new byte[0]);
            raw.method(1, 60, 70, new Arguments().uint16(0).shortString(queue).octet(1));
            raw.expect(60, 71);
            byte[] header = raw.read().payload();
            assertThat(Arrays.copyOfRange(header, 12, header.length)).isEqualTo(properties);
        }
    }
}
