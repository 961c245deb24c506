package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Properties and headers between all pairs of clients, as far as all of them can say them. What only some can (the
/// widths of numbers, decimals, floats) is held to its bytes by [FieldTableTest].
@Execution(ExecutionMode.CONCURRENT)
class PropertiesTest {
    private static final String MESSAGE = """
            {"app_id":"app","body":"a body","content_encoding":"identity","content_type":"text/plain",\
            "correlation_id":"correlation","delivery_mode":2,"expiration":"60000",\
            "headers":{"bytes":"bytes 00ff7f","false":false,"int":"int -70000","list":["a","int 1",["b",null]],\
            "long":"int 5000000000","string":"grüße","table":{"empty":{},"inner":{"deep":"down"}},\
            "time":"time 1700000000","true":true,"void":null},\
            "message_id":"message","priority":7,"reply_to":"reply","timestamp":1700000001,"type":"type",\
            "user_id":"guest"}""";

    @AutoClose
    private final Amqp amqp = new Amqp();

    @ParameterizedTest(name = "{0} to {1}")
    @MethodSource("pairs")
    void arriveAsTheyWereSent(ForeignClient publisher, ForeignClient consumer) throws Exception {
        String queue = amqp.queue();

        assertThat(publisher.run("properties", "publish", queue)).containsExactly(MESSAGE);
        assertThat(consumer.run("properties", "consume", queue)).containsExactly(MESSAGE);
    }

    static Stream<Arguments> pairs() {
        return Arrays.stream(ForeignClient.values())
                .flatMap(publisher -> Arrays.stream(ForeignClient.values()).map(to -> Arguments.of(publisher, to)));
    }
}
