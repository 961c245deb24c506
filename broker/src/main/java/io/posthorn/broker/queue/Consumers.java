package io.posthorn.broker.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The consumers of one queue, and whose turn it is: those of the highest priority that can take a delivery, one
/// after the other.
///
/// With a single active consumer only one of them is ever offered: the first of the highest priority. Another takes
/// over when it has gone.
final class Consumers {
    private final List<Consumer> all = new ArrayList<>(1);

    /// Highest priority first; mostly there is one.
    private final List<Ring> rings = new ArrayList<>(1);

    private final Rule rule;

    /// How many consumers wait in the rings.
    private int offered;

    /// The single active consumer, while there is one.
    private @Nullable Consumer active;

    /// Those for whom a shared credit is reserved, in this pass.
    private @Nullable List<Consumer> granted;

    /// Whether another is to be the active one as soon as this one holds nothing.
    private boolean handingOver;

    /// Who may get messages.
    enum Rule {
        /// All consumers.
        COMPETING,
        /// One; when it goes, the next begins at once.
        SINGLE_ACTIVE,
        /// One; the next, also one with a higher priority, begins when the last has settled what it holds, so that
        /// the order of messages stays.
        SINGLE_ACTIVE_IN_ORDER
    }

    private record Ring(int priority, ArrayDeque<Consumer> waiting) {}

    Consumers(Rule rule) {
        this.rule = rule;
    }

    int size() {
        return all.size();
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    boolean hasExclusive() {
        return all.size() == 1 && all.getFirst().exclusive();
    }

    boolean isSingleActive() {
        return rule != Rule.COMPETING;
    }

    /// The single active consumer; null while there is none, and where all compete.
    @Nullable
    Consumer active() {
        return active;
    }

    void add(Consumer consumer) {
        all.add(consumer);
        consumer.setActive(rule == Rule.COMPETING);
        elect();
        offer(consumer);
    }

    /// @return whether it was there
    boolean remove(Consumer consumer) {
        withdraw(consumer);
        boolean removed = all.remove(consumer);
        elect();
        return removed;
    }

    /// Takes the consumer whose turn it is out of its ring; give it back with [#offer].
    @Nullable
    Consumer poll() {
        if (offered == 0) {
            return null;
        }
        for (int i = 0; i < rings.size(); i++) {
            Consumer consumer = rings.get(i).waiting.poll();
            if (consumer != null) {
                consumer.inRing = false;
                offered--;
                return consumer;
            }
        }
        throw new IllegalStateException("consumers that were offered have gone");
    }

    boolean anyWelcome() {
        return offered > 0;
    }

    /// How many deliveries can be made at once.
    long room() {
        long room = 0;
        for (int i = 0; i < all.size(); i++) {
            room += all.get(i).inRing ? all.get(i).room() : 0;
        }
        return room;
    }

    /// Puts a consumer behind the others of its priority, if it can take a delivery.
    void offer(Consumer consumer) {
        if (mayEnter(consumer)) {
            consumer.inRing = true;
            offered++;
            ringOf(consumer.priority()).addLast(consumer);
        }
    }

    /// As [#offer], but it stays first: it was its turn, and it got nothing.
    void giveBackTurn(Consumer consumer) {
        if (mayEnter(consumer)) {
            consumer.inRing = true;
            offered++;
            ringOf(consumer.priority()).addFirst(consumer);
        }
    }

    /// A consumer, or one that was, holds less than before.
    void settled(Consumer consumer) {
        if (rule == Rule.SINGLE_ACTIVE_IN_ORDER) {
            elect();
        }
        if (!consumer.isCancelled()) {
            offer(consumer);
        }
    }

    List<Consumer> all() {
        return all;
    }

    /// How many take from this part of a topic only.
    int ofOnePart() {
        int count = 0;
        for (Consumer consumer : all) {
            count += consumer.isOfOnePart() ? 1 : 0;
        }
        return count;
    }

    /// One delivery of what the consumer shares with others is reserved for it, until [#declineGrants].
    ///
    /// @return whether it can take one
    boolean creditGranted(Consumer consumer) {
        consumer.creditGranted();
        if (consumer.isCancelled()) {
            consumer.declineCredit();
            return false;
        }
        if (granted == null) {
            granted = new ArrayList<>(1);
        }
        granted.add(consumer);
        offer(consumer);
        return true;
    }

    /// What nobody took is for the other queues of the channel.
    void declineGrants() {
        List<Consumer> left = granted;
        granted = null;
        if (left != null) {
            left.forEach(Consumer::declineCredit);
        }
    }

    private boolean mayEnter(Consumer consumer) {
        return !consumer.inRing
                && consumer.isWelcome()
                && (rule == Rule.COMPETING || (consumer == active && !handingOver));
    }

    private void withdraw(Consumer consumer) {
        if (consumer.inRing) {
            ringOf(consumer.priority()).remove(consumer);
            consumer.inRing = false;
            offered--;
        }
    }

    private ArrayDeque<Consumer> ringOf(int priority) {
        int at = 0;
        while (at < rings.size() && rings.get(at).priority >= priority) {
            if (rings.get(at).priority == priority) {
                return rings.get(at).waiting;
            }
            at++;
        }
        // Priorities that are not in use any more must not add up.
        rings.removeIf(ring -> ring.waiting.isEmpty());
        at = 0;
        while (at < rings.size() && rings.get(at).priority > priority) {
            at++;
        }
        var ring = new Ring(priority, new ArrayDeque<>(2));
        rings.add(at, ring);
        return ring.waiting;
    }

    private void elect() {
        if (rule == Rule.COMPETING) {
            return;
        }
        Consumer current = active;
        boolean stays = current != null && !current.isCancelled();
        if (stays && rule == Rule.SINGLE_ACTIVE) {
            return;
        }
        Consumer wanted = best();
        if (wanted == current) {
            stayOn(current);
            return;
        }
        if (current != null) {
            withdraw(current);
            handingOver = rule == Rule.SINGLE_ACTIVE_IN_ORDER && !current.held().isEmpty();
            if (handingOver) {
                return;
            }
        }
        active = wanted;
        if (current != null) {
            current.setActive(false);
        }
        if (wanted != null) {
            wanted.setActive(true);
            offer(wanted);
        }
    }

    /// It is the best one, or nobody is. Whoever was to take over from it has gone before it had settled.
    private void stayOn(@Nullable Consumer current) {
        if (current != null && handingOver) {
            handingOver = false;
            offer(current);
        }
    }

    private @Nullable Consumer best() {
        Consumer best = null;
        for (int i = 0; i < all.size(); i++) {
            Consumer each = all.get(i);
            if (best == null || each.priority() > best.priority()) {
                best = each;
            }
        }
        return best;
    }
}
