package io.posthorn.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.Done;
import io.posthorn.broker.QueueHandle;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SharedCredit;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class UnsettledDeliveriesTest {
    private static final QueueHandle QUEUE = () -> "q";

    private UnsettledDeliveries unsettled = new UnsettledDeliveries();
    private final DeliveryHolder holder = new DeliveryHolder(new Nobody());

    @Property(tries = 200, seed = "1")
    void behavesLikeASortedMap(@ForAll long seed) {
        unsettled = new UnsettledDeliveries();
        var random = new Random(seed);
        var model = new TreeMap<Long, Long>();
        long tag = 0;
        for (int step = 0; step < 2_000; step++) {
            if (random.nextInt(3) > 0) {
                tag += 1 + random.nextInt(2);
                unsettled.add(tag, tag * 7, QUEUE, holder);
                model.put(tag, tag * 7);
            } else {
                settle(1 + random.nextLong(tag + 1), random.nextInt(20) == 0, model);
            }
            assertThat(unsettled.size()).isEqualTo(model.size());
        }
        assertThat(entries()).containsExactlyElementsOf(model.values());
    }

    @Test
    void oneOldDeliveryDoesNotHoldTheMemoryOfAllBehindIt() {
        unsettled.add(1, 1, QUEUE, holder);
        for (long tag = 2; tag < 1_000_000; tag++) {
            unsettled.add(tag, tag, QUEUE, holder);
            unsettled.remove(unsettled.find(tag));
            unsettled.trim();
        }
        assertThat(unsettled.end()).isLessThan(100);
        assertThat(unsettled.find(1)).isNotNegative();
    }

    private void settle(long tag, boolean multiple, NavigableMap<Long, Long> model) {
        int index = unsettled.find(tag);
        assertThat(index >= 0).isEqualTo(model.containsKey(tag));
        if (index < 0) {
            return;
        }
        assertThat(unsettled.id(index)).isEqualTo(tag * 7);
        for (int at = multiple ? unsettled.first() : index; at <= index; at++) {
            if (unsettled.isLive(at)) {
                unsettled.remove(at);
            }
        }
        unsettled.trim();
        if (multiple) {
            model.headMap(tag, true).clear();
        } else {
            model.remove(tag);
        }
    }

    private List<Long> entries() {
        List<Long> ids = new ArrayList<>();
        for (int at = unsettled.first(); at < unsettled.end(); at++) {
            if (unsettled.isLive(at)) {
                ids.add(unsettled.id(at));
            }
        }
        return ids;
    }

    private static final class Nobody implements ConsumerHandle {
        @Override
        public void share(SharedCredit credit, Reply<Done> reply) {
            reply.ok(Done.DONE);
        }

        @Override
        public void cancel(Reply<Done> reply) {
            reply.ok(Done.DONE);
        }

        @Override
        public void close() {}

        @Override
        public void resume() {}
    }
}
