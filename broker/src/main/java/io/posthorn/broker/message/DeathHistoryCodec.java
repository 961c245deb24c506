package io.posthorn.broker.message;

import io.posthorn.broker.Death;
import io.posthorn.broker.DeathHistory;
import io.posthorn.broker.DeathReason;
import io.posthorn.log.Bytes;
import java.util.ArrayList;

/// What a record keeps of the deaths of its message.
final class DeathHistoryCodec {
    private DeathHistoryCodec() {}

    static Bytes write(DeathHistory history) {
        var out = new Packed.Writer();
        out.number(history.readdressed() ? 1 : 0);
        out.number(history.first());
        out.text(history.lastExchange());
        out.number(history.deaths().size());
        for (Death death : history.deaths()) {
            out.text(death.queue());
            out.number(death.reason().code());
            out.number(death.count());
            out.number(death.firstTime());
            out.text(death.exchange());
            out.texts(death.routingKeys());
        }
        return out.toBytes();
    }

    static DeathHistory read(Bytes bytes) {
        var in = new Packed.Reader(bytes);
        boolean readdressed = in.number() == 1;
        int first = (int) in.number();
        String lastExchange = in.text();
        int count = in.count();
        var deaths = new ArrayList<Death>(count);
        for (int i = 0; i < count; i++) {
            deaths.add(new Death(
                    in.text(), DeathReason.of((int) in.number()), in.number(), in.number(), in.text(), in.texts()));
        }
        return new DeathHistory(deaths, first, lastExchange, readdressed);
    }
}
