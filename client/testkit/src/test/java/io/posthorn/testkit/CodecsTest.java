package io.posthorn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.posthorn.events.Posthorn;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Codecs side by side on one class path, each for its own, on each kind of broker.
class CodecsTest {
    record Paid(int order) {}

    private final List<Object> seen = new CopyOnWriteArrayList<>();

    @OnEachBroker
    void eachValueHasTheCodecThatKnowsItBest(TestBroker broker, Posthorn posthorn) {
        var bus = posthorn.bus();
        bus.subscribe(Timestamp.class, (event, context) -> {
            seen.add(event);
            seen.add(String.valueOf(context.event().dataContentType()));
        });
        bus.subscribe(
                Paid.class,
                (_, context) -> seen.add(String.valueOf(context.event().dataContentType())));
        bus.subscribe(byte[].class, (event, context) -> {
            seen.add(List.of(event[0], event[1]));
            seen.add(String.valueOf(context.event().dataContentType()));
        });
        var time = Timestamp.newBuilder().setSeconds(7).build();
        bus.publish(time);
        broker.awaitIdle();
        bus.publish(new Paid(1));
        broker.awaitIdle();
        bus.publish(new byte[] {1, 2});
        broker.awaitIdle();

        assertThat(seen)
                .containsExactly(
                        time,
                        "application/protobuf",
                        "application/json",
                        List.of((byte) 1, (byte) 2),
                        "application/octet-stream");
    }
}
