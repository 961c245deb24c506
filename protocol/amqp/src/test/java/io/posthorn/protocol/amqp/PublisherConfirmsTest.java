package io.posthorn.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.protocol.amqp.wire.BasicMethod.Ack;
import io.posthorn.protocol.amqp.wire.BasicMethod.Nack;
import io.posthorn.protocol.amqp.wire.Method;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class PublisherConfirmsTest {
    private PublisherConfirms confirms = new PublisherConfirms();

    @Test
    void oneAckAnswersForARun() {
        publish(5);
        confirms.accepted(1, 4);
        assertThat(drain()).containsExactly(new Ack(4, true));
        confirms.accepted(5, 5);
        assertThat(drain()).containsExactly(new Ack(5, false));
    }

    @Test
    void nothingIsSaidBeforeTheFirstIsAnswered() {
        publish(3);
        confirms.accepted(2, 3);
        assertThat(drain()).isEmpty();
        confirms.accepted(1, 1);
        assertThat(drain()).containsExactly(new Ack(3, true));
    }

    @Test
    void aRefusalEndsARun() {
        publish(6);
        confirms.refused(3, 4);
        confirms.accepted(1, 6);
        assertThat(drain()).containsExactly(new Ack(2, true), new Nack(4, true, false), new Ack(6, true));
    }

    @Test
    void whatWasAnsweredBeforeMayLieInARange() {
        publish(3);
        confirms.accepted(2, 2);
        confirms.accepted(1, 3);
        confirms.accepted(1, 3);
        assertThat(drain()).containsExactly(new Ack(3, true));
        assertThat(drain()).isEmpty();
    }

    @Property(tries = 200, seed = "1")
    void eachMessageIsAnsweredOnceInOrderAndAsItWasMeant(@ForAll long seed) {
        confirms = new PublisherConfirms();
        var random = new Random(seed);
        int count = 1 + random.nextInt(5_000);
        publish(count);
        var refused = new BitSet();
        List<int[]> ranges = new ArrayList<>();
        for (int first = 1; first <= count; ) {
            int last = Math.min(count, first + random.nextInt(20));
            ranges.add(new int[] {first, last});
            if (random.nextInt(4) == 0) {
                refused.set(first, last + 1);
            }
            first = last + 1;
        }
        Collections.shuffle(ranges, random);
        List<Method> answers = new ArrayList<>();
        for (int[] range : ranges) {
            if (refused.get(range[0])) {
                confirms.refused(range[0], range[1]);
            } else {
                confirms.accepted(range[0], range[1]);
            }
            if (random.nextInt(10) == 0) {
                answers.addAll(drain());
            }
        }
        answers.addAll(drain());
        long next = 1;
        for (Method answer : answers) {
            boolean refusal = answer instanceof Nack;
            long last = answer instanceof Nack nack ? nack.deliveryTag() : ((Ack) answer).deliveryTag();
            for (; next <= last; next++) {
                assertThat(refused.get((int) next)).isEqualTo(refusal);
            }
        }
        assertThat(next).isEqualTo(count + 1L);
    }

    private void publish(int count) {
        for (int i = 0; i < count; i++) {
            confirms.nextSequence();
        }
    }

    private List<Method> drain() {
        List<Method> answers = new ArrayList<>();
        confirms.drain(answers::add);
        return answers;
    }
}
