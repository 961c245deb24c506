package io.posthorn.broker.shard;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Message;
import io.posthorn.broker.ReceiptSink;
import io.posthorn.broker.delay.Bucket;
import io.posthorn.broker.delay.DelayedMessages;
import io.posthorn.broker.delay.Due;
import io.posthorn.broker.message.MessageDecoder;
import io.posthorn.broker.queue.Forwards;
import io.posthorn.broker.topology.DelayEntry;
import io.posthorn.log.RecordCursor;
import java.util.HashMap;
import java.util.Map;

/// The way of one exchange's delayed messages to their queues. Numbers what is on its way, so that answers find
/// what they are about. Confined to the shard's thread.
final class DelayForwards implements ReceiptSink {
    private final DelayedMessages messages;
    private final Shard shard;
    private final Forwards way;
    private final MessageDecoder decoder = new MessageDecoder();
    private final Map<Long, UnderWay> underWay = new HashMap<>();
    private long lastSequence;

    private record UnderWay(Bucket bucket, long offset) {}

    DelayForwards(DelayedMessages messages, Shard shard, Forwarder forwarder) {
        this.messages = messages;
        this.shard = shard;
        DelayEntry entry = messages.entry();
        this.way = forwarder.from(entry.virtualHost(), entry.exchange(), entry.id(), this);
    }

    void forward(Bucket bucket, RecordCursor record, Due due) {
        Message message = decoder.decodeWhole(record, "", 0).waited(due.delay(), shard.now() - due.at());
        long sequence = ++lastSequence;
        underWay.put(sequence, new UnderWay(bucket, record.offset()));
        int queues = way.forward(message, sequence, false);
        if (queues == 0) {
            answered(sequence, true);
        }
    }

    void flush() {
        way.flush();
    }

    private void answered(long sequence, boolean taken) {
        UnderWay one = underWay.remove(sequence);
        if (one != null && taken) {
            messages.forwarded(one.bucket, one.offset);
        } else if (one != null) {
            messages.refused(one.bucket, one.offset);
        }
    }

    @Override
    public void accepted(long first, long last) {
        shard.submit(new Command.Continue(() -> answer(first, last, true)));
    }

    @Override
    public void refused(long first, long last, BrokerException cause) {
        shard.submit(new Command.Continue(() -> answer(first, last, false)));
    }

    private void answer(long first, long last, boolean taken) {
        for (long sequence = first; sequence <= last; sequence++) {
            answered(sequence, taken);
        }
    }
}
