package io.posthorn.broker.queue;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/// Keys take turns, and none may have more than so many messages under way: who sends a million does not keep the
/// others waiting. Within a key the oldest goes first. Messages without a key are one key, without the limit.
final class FairOrder implements DeliveryOrder {
    /// The next of so many keys at most, and the oldest of all.
    private static final int MOST_HEADS = 64 + 1;

    private final MessageKeys keys;
    private final Settlements settlements;
    private final int mostTaken;
    private final Map<Long, Lane> lanes = new HashMap<>();

    /// Those who have a message that may go out.
    private final ArrayDeque<Lane> turns = new ArrayDeque<>();

    /// Everything before is in a lane, taken or settled.
    private long known;

    /// Everything that is in a lane.
    private final OffsetSet waiting = new OffsetSet();

    /// The messages of one key.
    private static final class Lane {
        final long key;
        final OffsetSet waiting = new OffsetSet();
        int taken;
        boolean hasTurn;

        Lane(long key) {
            this.key = key;
        }
    }

    /// @param mostTaken messages of a key that may be taken and not have left yet
    FairOrder(int mostTaken, QueueState state) {
        this.mostTaken = mostTaken;
        this.keys = state.keys();
        this.settlements = state.settlements();
        known = settlements.before();
    }

    private void catchUp(long visibleEnd) {
        OffsetSet settled = settlements.above();
        long offset = Math.max(known, settlements.before());
        while (known < visibleEnd) {
            offset = settled.isEmpty() ? offset : settled.firstAbsentFrom(offset);
            if (offset < visibleEnd) {
                enqueue(offset);
                offset++;
            }
            known = Math.min(offset, visibleEnd);
        }
    }

    private void enqueue(long offset) {
        Lane lane = laneOf(offset);
        lane.waiting.add(offset);
        waiting.add(offset);
        offerTurn(lane);
    }

    private Lane laneOf(long offset) {
        return lanes.computeIfAbsent(keys.hash(offset), Lane::new);
    }

    private boolean mayGoOut(Lane lane) {
        return !lane.waiting.isEmpty() && (lane.key == MessageKeys.NO_KEY || lane.taken < mostTaken);
    }

    private void offerTurn(Lane lane) {
        if (!lane.hasTurn && mayGoOut(lane)) {
            lane.hasTurn = true;
            turns.addLast(lane);
        }
    }

    @Override
    public long next(long visibleEnd) {
        catchUp(visibleEnd);
        Lane lane = turns.peek();
        return lane == null ? OffsetSet.NONE : lane.waiting.first();
    }

    /// The oldest of all.
    @Override
    public long head(long visibleEnd) {
        catchUp(visibleEnd);
        return waiting.first();
    }

    @Override
    public int upcoming(long visibleEnd, long[] offsets) {
        catchUp(visibleEnd);
        return firstOfTurns(offsets, offsets.length);
    }

    private int firstOfTurns(long[] offsets, int most) {
        int count = 0;
        for (Lane lane : turns) {
            if (count == most) {
                return count;
            }
            offsets[count++] = lane.waiting.first();
        }
        return count;
    }

    /// With the oldest of all, where the time that the queue gives is over first: its key may have no turn.
    @Override
    public int heads(long visibleEnd, long[] offsets) {
        catchUp(visibleEnd);
        int count = firstOfTurns(offsets, MOST_HEADS - 1);
        long oldest = waiting.first();
        for (int i = 0; i < count; i++) {
            if (offsets[i] == oldest) {
                return count;
            }
        }
        if (oldest != OffsetSet.NONE) {
            offsets[count++] = oldest;
        }
        return count;
    }

    @Override
    public int mostHeads() {
        return MOST_HEADS;
    }

    @Override
    public void take(long offset) {
        Lane lane = laneOf(offset);
        lane.waiting.remove(offset);
        lane.taken++;
        waiting.remove(offset);
        if (lane.hasTurn) {
            turns.remove(lane);
            lane.hasTurn = false;
        }
        offerTurn(lane);
    }

    @Override
    public void left(long from, long to) {
        for (long offset = from; offset < to; offset++) {
            Lane lane = laneOf(offset);
            lane.taken--;
            offerTurn(lane);
            if (lane.taken == 0 && lane.waiting.isEmpty()) {
                lanes.remove(lane.key);
            }
        }
    }

    @Override
    public void giveBack(long from, long to) {
        for (long offset = from; offset < to; offset++) {
            laneOf(offset).taken--;
            enqueue(offset);
        }
    }

    @Override
    public void giveBackTaken(long from, long to, Redeliveries redeliveries) {
        for (long offset = from; offset < to; offset++) {
            if (!isReady(offset)) {
                redeliveries.add(offset, offset + 1);
                giveBack(offset, offset + 1);
            }
        }
    }

    @Override
    public void skipTo(long offset) {
        throw new IllegalStateException("nothing lies ahead of what is listed");
    }

    @Override
    public boolean isReady(long offset) {
        if (offset >= known) {
            return true;
        }
        Lane lane = lanes.get(keys.hash(offset));
        return lane != null && lane.waiting.contains(offset);
    }

    @Override
    public long cursor() {
        return known;
    }

    @Override
    public long ready(long visibleEnd) {
        catchUp(visibleEnd);
        return waiting.cardinality();
    }

    @Override
    public boolean isReturned(long offset) {
        return true;
    }

    @Override
    public void takeAll(long visibleEnd, OffsetRanges all) {
        catchUp(visibleEnd);
        waiting.drainTo(all);
        for (Lane lane : lanes.values()) {
            lane.waiting.clear();
            lane.hasTurn = false;
        }
        turns.clear();
        lanes.values().removeIf(lane -> lane.taken == 0);
    }
}
