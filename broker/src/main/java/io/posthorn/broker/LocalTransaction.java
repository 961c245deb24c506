package io.posthorn.broker;

import io.posthorn.broker.message.MessageDecoder;
import io.posthorn.broker.queue.Holder;
import io.posthorn.broker.shard.Command;
import io.posthorn.broker.shard.Publication;
import io.posthorn.broker.topology.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One transaction after the other of one channel: batches and settlements by shard. Confined to its session's io
/// thread.
final class LocalTransaction implements Transaction, Batches, ReceiptSink {
    /// A commit may be larger than the largest message by this much; the journal must take both at once.
    private static final long BEYOND_LARGEST_MESSAGE = 1024 * 1024;

    /// What a record, or one header of it, takes besides its bytes, at most.
    private static final int OVERHEAD = 32;

    private final LocalSession session;
    private final LocalPublisher publisher;
    private final List<Publication> publications = new ArrayList<>();
    private final SequencedMap<Holder, SettleCollector> settlements = new LinkedHashMap<>();
    private final List<Message> replies = new ArrayList<>();

    /// Messages that go somewhere, and how many of them have a receipt already.
    private long published;

    private long received;
    private long bytes;
    private int lastReplies;
    private @Nullable Committing committing;

    LocalTransaction(LocalSession session) {
        this.session = session;
        this.publisher = new LocalPublisher(session, this, this);
    }

    @Override
    public int publish(Message message) {
        long more = sizeOf(message);
        long most = session.maxMessageBytes() + BEYOND_LARGEST_MESSAGE;
        if (bytes + more > most) {
            throw new BrokerException.LimitReached("a transaction of more than " + most + " bytes");
        }
        lastReplies = 0;
        int queues = publisher.publish(MessageTimes.kept(message, session.now()), published);
        if (queues > 0) {
            bytes += more;
            published++;
        }
        return queues;
    }

    @Override
    public Destination destination() {
        // A requester may be gone at any time, and nobody promises more to it.
        if (lastReplies > 0) {
            return () -> true;
        }
        Route route = publisher.lastRoute();
        return () -> session.isAnyThere(route);
    }

    private static long sizeOf(Message message) {
        long size = OVERHEAD + message.body().length() + 4L * message.exchange().length();
        size += 4L * message.routingKey().length()
                + (message.key() == null ? 0 : message.key().length());
        for (int i = 0; i < message.headers().size(); i++) {
            var header = message.headers().get(i);
            size += OVERHEAD
                    + header.name().length()
                    + (header.value() == null ? 0 : header.value().length());
        }
        return size;
    }

    @Override
    public void hasCollected(LocalPublisher collecting) {
        // Sealed at the commit.
    }

    @Override
    public void send(List<Publication> sealed) {
        publications.addAll(sealed);
    }

    @Override
    public int reply(Message message) {
        int named = session.repliesTo(message);
        if (named > 0) {
            replies.add(MessageDecoder.copyOf(message));
        }
        lastReplies = named;
        return named;
    }

    @Override
    public void settle(ConsumerHandle owner, QueueHandle queue, long deliveryId, Outcome outcome) {
        SettleCollector usual = ((LocalHandle) owner).collector(queue);
        if (usual != null) {
            settlements
                    .computeIfAbsent(usual.holder(), holder -> new SettleCollector(usual.queue(), holder))
                    .add(deliveryId, outcome);
        }
    }

    @Override
    public void commit(Reply<Done> reply) {
        session.flush();
        publisher.sealAll();
        MessageTimes.begin(publications, session.now());
        Map<Integer, Command.Commit> commits = byShard();
        // One more than there are shards: what answers at once must not be the last before all are sent.
        committing = new Committing(published - received, commits.size() + 1, List.copyOf(replies), reply);
        rollback();
        commits.forEach(session::send);
        new Answer().ok(Done.DONE);
    }

    private Map<Integer, Command.Commit> byShard() {
        var commits = new TreeMap<Integer, Command.Commit>();
        for (Publication publication : publications) {
            commitOf(publication.shard(), commits).publications().add(publication);
        }
        for (SettleCollector collector : settlements.values()) {
            int shard = collector.queue().shard();
            collector.drainTo(commitOf(shard, commits).settlements()::add);
        }
        return commits;
    }

    private Command.Commit commitOf(int shard, Map<Integer, Command.Commit> commits) {
        return commits.computeIfAbsent(
                shard,
                _ -> new Command.Commit(new ArrayList<>(), new ArrayList<>(), session.fromShard(shard, new Answer())));
    }

    /// A commit on its way. There is one at a time: its channel waits for the answer.
    private final class Committing {
        private final List<Message> replies;
        private final Reply<Done> reply;
        private long receipts;
        private int shards;
        private @Nullable BrokerException failure;

        Committing(long receipts, int shards, List<Message> replies, Reply<Done> reply) {
            this.receipts = receipts;
            this.shards = shards;
            this.replies = replies;
            this.reply = reply;
        }

        void check() {
            if (receipts > 0 || shards > 0) {
                return;
            }
            committing = null;
            if (failure == null) {
                // What goes straight to a requester does so once everything else has taken effect.
                replies.forEach(session::reply);
                reply.ok(Done.DONE);
            } else {
                reply.failed(failure);
            }
        }
    }

    /// What one shard says of its settlements.
    private final class Answer implements Reply<Done> {
        @Override
        public void ok(Done value) {
            Committing now = Objects.requireNonNull(committing);
            now.shards--;
            now.check();
        }

        @Override
        public void failed(BrokerException cause) {
            Objects.requireNonNull(committing).failure = cause;
            ok(Done.DONE);
        }
    }

    @Override
    public void accepted(long firstSequence, long lastSequence) {
        long count = lastSequence - firstSequence + 1;
        Committing now = committing;
        if (now == null) {
            // A reply, which has its receipt at once.
            received += count;
        } else {
            now.receipts -= count;
            now.check();
        }
    }

    @Override
    public void refused(long firstSequence, long lastSequence, BrokerException cause) {
        if (committing != null) {
            committing.failure = cause;
        }
        accepted(firstSequence, lastSequence);
    }

    @Override
    public void rollback() {
        publisher.sealAll();
        publications.clear();
        settlements.clear();
        replies.clear();
        published = 0;
        received = 0;
        bytes = 0;
    }

    @Override
    public long heldBytes() {
        return bytes;
    }
}
