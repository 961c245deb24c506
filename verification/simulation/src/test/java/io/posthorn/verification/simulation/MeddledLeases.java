package io.posthorn.verification.simulation;

import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Done;
import io.posthorn.broker.Reply;
import io.posthorn.broker.topic.Cursors;
import io.posthorn.broker.topic.LeaseAnswer;
import io.posthorn.broker.topic.LeaseEnd;
import io.posthorn.broker.topic.LeaseHolder;
import io.posthorn.broker.topic.LeaseRules;
import io.posthorn.broker.topic.LeaseWish;
import io.posthorn.broker.topic.Leased;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.UnaryOperator;

/// Sessions whose cursors, and those who lease by them, do something else than they are told.
final class MeddledLeases {
    private MeddledLeases() {}

    /// All cursors begin with the first record.
    static BrokerSession withoutStarts(BrokerSession session) {
        return ofCursors(session, "declare", (cursors, called, arguments) -> {
            arguments[2] = List.of();
            return called.invoke(cursors, arguments);
        });
    }

    static BrokerSession holders(BrokerSession session, UnaryOperator<LeaseHolder> meddler) {
        return ofCursors(
                session,
                "open",
                (cursors, called, arguments) -> meddler.apply((LeaseHolder) called.invoke(cursors, arguments)));
    }

    private static BrokerSession ofCursors(
            BrokerSession session, String method, MeddledTopics.Meddler<Cursors> meddler) {
        return MeddledTopics.of(session, "cursors", (topics, _, _) -> {
            Cursors cursors = topics.cursors();
            return Proxy.newProxyInstance(
                    MeddledLeases.class.getClassLoader(),
                    new Class<?>[] {Cursors.class},
                    (_, called, arguments) ->
                            MeddledTopics.unwrapping(() -> called.getName().equals(method)
                                    ? meddler.call(cursors, called, arguments)
                                    : called.invoke(cursors, arguments)));
        });
    }

    /// Passes everything on.
    abstract static class Forwarding implements LeaseHolder {
        final LeaseHolder holder;

        Forwarding(LeaseHolder holder) {
            this.holder = holder;
        }

        @Override
        public void lease(LeaseWish wish, Reply<List<Leased>> reply) {
            holder.lease(wish, reply);
        }

        @Override
        public void end(List<LeaseEnd> ends, Reply<LeaseAnswer> reply) {
            holder.end(ends, reply);
        }

        @Override
        public void awaitReady(Reply<Done> reply) {
            holder.awaitReady(reply);
        }

        @Override
        public void close() {
            holder.close();
        }
    }

    /// What ends in one way ends in another, or not at all.
    static UnaryOperator<LeaseHolder> ending(LeaseEnd.How asked, LeaseEnd.How done) {
        return each -> new Forwarding(each) {
            @Override
            public void end(List<LeaseEnd> ends, Reply<LeaseAnswer> reply) {
                super.end(
                        ends.stream()
                                .map(end -> end.how() == asked ? new LeaseEnd(end.from(), end.to(), done) : end)
                                .toList(),
                        reply);
            }
        };
    }

    /// Renewing is answered and not done.
    static UnaryOperator<LeaseHolder> deafToRenewal() {
        return each -> new Forwarding(each) {
            @Override
            public void end(List<LeaseEnd> ends, Reply<LeaseAnswer> reply) {
                if (ends.stream().allMatch(end -> end.how() == LeaseEnd.How.RENEWED)) {
                    reply.ok(LeaseAnswer.DONE);
                } else {
                    super.end(ends, reply);
                }
            }
        };
    }

    /// What somebody has is his for ever.
    static UnaryOperator<LeaseHolder> endless() {
        return each -> new Forwarding(each) {
            @Override
            public void lease(LeaseWish wish, Reply<List<Leased>> reply) {
                var rules = wish.rules();
                var forEver =
                        new LeaseRules(1_000_000_000, rules.mostDeliveries(), rules.mostLeased(), rules.isolation());
                super.lease(new LeaseWish(wish.most(), wish.from(), wish.before(), forEver), reply);
            }
        };
    }
}
