package io.posthorn.broker;

import io.posthorn.broker.delay.Due;
import io.posthorn.broker.message.MessageEncoder;
import io.posthorn.broker.statistics.ExchangeTraffic;
import io.posthorn.broker.topology.MessageFacts;
import io.posthorn.broker.topology.Route;
import io.posthorn.broker.topology.Topology;
import io.posthorn.log.BatchBuilder;
import io.posthorn.log.EncodedHeaders;
import io.posthorn.log.RecordHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Collects one publisher's messages in one batch per route.
///
/// No queue is in two open batches, so that what goes to one queue stays in order: before a batch is opened
/// whose queues overlap with another's, all are sealed.
final class LocalPublisher implements Publisher {
    private static final int CACHE_SIZE = 16;
    private static final int MOST_OPEN = 256;

    private final LocalSession session;
    private final Batches batches;
    private final ReceiptSink receipts;
    private final MessageEncoder encoder = new MessageEncoder();
    private final Address[] cache = new Address[CACHE_SIZE];
    private final Map<Route, OpenBatch> open = new HashMap<>();
    private final List<OpenBatch> inOrder = new ArrayList<>();
    private final List<Address> uncounted = new ArrayList<>();
    private final MessageFacts facts;
    private Topology known;
    private Route last = Route.NOWHERE;

    /// Null until something goes to a topic.
    private @Nullable PartitionChoice partitions;

    /// Where a message goes by exchange and routing keys, as long as the topology is the same.
    private static final class Address {
        final String exchange;
        final String routingKey;
        final List<String> moreKeys;
        final Route route;
        final EncodedHeaders headers;

        @Nullable
        OpenBatch batch;

        /// Messages that [LocalPublisher#count] has not told of yet.
        int published;

        private Address(Message message, Route route, List<RecordHeader> headers) {
            this.exchange = message.exchange();
            this.routingKey = message.routingKey();
            this.moreKeys = message.moreRoutingKeys();
            this.route = route;
            this.headers = EncodedHeaders.of(headers);
        }

        static Address of(Message message, Route route) {
            String onlyQueue = route.size() == 1 ? route.queue(0).name() : null;
            return new Address(message, route, MessageEncoder.addressOf(message, onlyQueue));
        }

        /// Of a message that waits somewhere: of this one only.
        static Address waiting(Message message, Route route, Due due) {
            var headers = new ArrayList<RecordHeader>();
            headers.add(due.toHeader());
            headers.addAll(MessageEncoder.addressOf(message, null));
            return new Address(message, route, headers);
        }

        boolean isOf(Message message) {
            return routingKey.equals(message.routingKey())
                    && exchange.equals(message.exchange())
                    && moreKeys.equals(message.moreRoutingKeys());
        }
    }

    /// @param batches takes what is collected
    LocalPublisher(LocalSession session, Batches batches, ReceiptSink receipts) {
        this.session = session;
        this.batches = batches;
        this.receipts = receipts;
        this.known = session.topology();
        this.facts = new MessageFacts(session.random());
    }

    @Override
    public int publish(Message message, long sequence) {
        if (message.body().length() > session.maxMessageBytes()) {
            throw new BrokerException.MessageTooLarge("message size %d is larger than configured max size %d"
                    .formatted(message.body().length(), session.maxMessageBytes()));
        }
        Address address = addressOf(message);
        Route route = address.route;
        if (route.leadsToTopics()) {
            route = partitions().of(route, message.key(), known);
        }
        last = route;
        if (address.published++ == 0) {
            countLater(address);
        }
        int replies = route.isEmpty() || hasMoreKeys(message) ? batches.reply(message) : 0;
        if (route.isEmpty()) {
            return replied(replies, sequence);
        }
        OpenBatch batch = address.batch;
        if (batch == null) {
            batch = open(route);
            if (!route.leadsToTopics()) {
                address.batch = batch;
            }
        }
        if (batch.isEmpty()) {
            begin(batch);
        }
        encoder.encode(message, address.headers, batch.builder());
        batch.added(message, sequence);
        if (batch.isFull()) {
            sealAll();
        }
        return route.size() + route.delayCount() + replies;
    }

    /// Where the message that was published last goes, reply addresses aside.
    Route lastRoute() {
        return last;
    }

    // A reply is the requester's as soon as it is handed over: nobody promises more.
    private int replied(int replies, long sequence) {
        if (replies > 0 && sequence >= 0) {
            receipts.accepted(sequence, sequence);
        }
        return replies;
    }

    private static boolean hasMoreKeys(Message message) {
        return !message.moreRoutingKeys().isEmpty()
                || !message.hiddenRoutingKeys().isEmpty();
    }

    private PartitionChoice partitions() {
        PartitionChoice made = partitions;
        if (made == null) {
            made = new PartitionChoice(session.random().nextInt());
            partitions = made;
        }
        return made;
    }

    private Address addressOf(Message message) {
        Topology topology = session.topology();
        if (topology != known) {
            forget(topology);
        }
        if (!message.hiddenRoutingKeys().isEmpty()) {
            return route(topology, message);
        }
        int slot = (31 * message.exchange().hashCode() + message.routingKey().hashCode()) & (CACHE_SIZE - 1);
        Address cached = cache[slot];
        if (cached != null && cached.isOf(message)) {
            return cached;
        }
        Address address = route(topology, message);
        if (!facts.asked()) {
            cache[slot] = address;
        }
        return address;
    }

    private Address route(Topology topology, Message message) {
        session.guard().checkPublish(message.exchange());
        Route route = topology.route(
                session.virtualHost(),
                message.exchange(),
                message.routingKey(),
                message.furtherRoutingKeys(),
                facts.of(message));
        session.guard().checkTopics(message);
        return route.delayCount() == 0
                ? Address.of(message, route)
                : Address.waiting(message, route, Due.after(facts.delay(), session.now()));
    }

    private void forget(Topology topology) {
        sealAll();
        open.clear();
        Arrays.fill(cache, null);
        known = topology;
    }

    private OpenBatch open(Route route) {
        OpenBatch batch = open.get(route);
        if (batch == null) {
            if (open.size() >= MOST_OPEN) {
                sealAll();
                open.clear();
                Arrays.fill(cache, null);
            }
            batch = new OpenBatch(route, new BatchBuilder());
            open.put(route, batch);
        }
        return batch;
    }

    /// The batch gets its first message since it was sealed.
    private void begin(OpenBatch batch) {
        if (inOrder.isEmpty() && uncounted.isEmpty()) {
            batches.hasCollected(this);
        } else if (overlapsAnother(batch.route())) {
            sealAll();
            batches.hasCollected(this);
        }
        inOrder.add(batch);
    }

    private boolean overlapsAnother(Route route) {
        for (int i = 0; i < inOrder.size(); i++) {
            Route other = inOrder.get(i).route();
            if (overlap(route, other)) {
                return true;
            }
        }
        return false;
    }

    private static boolean overlap(Route one, Route other) {
        for (int i = 0; i < one.size(); i++) {
            for (int j = 0; j < other.size(); j++) {
                if (one.queue(i) == other.queue(j)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void countLater(Address address) {
        if (uncounted.isEmpty() && inOrder.isEmpty()) {
            batches.hasCollected(this);
        }
        uncounted.add(address);
    }

    /// Tells what went through exchanges: once for what one socket read brought.
    private void count() {
        String exchange = null;
        ExchangeTraffic traffic = null;
        for (int i = 0; i < uncounted.size(); i++) {
            Address address = uncounted.get(i);
            if (traffic == null || !address.exchange.equals(exchange)) {
                exchange = address.exchange;
                traffic = session.trafficOf(exchange);
            }
            traffic.add(address.published, (long) address.published * address.route.size());
            address.published = 0;
        }
        uncounted.clear();
    }

    /// Hands over everything collected.
    void sealAll() {
        count();
        for (int i = 0; i < inOrder.size(); i++) {
            batches.send(inOrder.get(i).seal(receipts, session::outlet));
        }
        inOrder.clear();
        if (partitions != null) {
            partitions.nextBatch();
        }
    }
}
