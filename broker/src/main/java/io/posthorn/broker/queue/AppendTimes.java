package io.posthorn.broker.queue;

import java.util.Arrays;

/// When the messages of a queue were appended, to within a grain: an offset and a time whenever so much time has
/// passed since the last one. Of messages in between, the time of those before them is told, so it is early by a
/// grain at most.
///
/// The journal keeps each entry in front of the messages it tells of, so times are the same after a restart.
public final class AppendTimes {
    private long[] offsets = new long[4];
    private long[] times = new long[4];
    private int first;
    private int end;
    private long grain;

    /// From now on times are told so closely. Where that is closer than before, nobody knows when within the coarser
    /// grain a message came: it came at the end of it, and does not go early.
    ///
    /// @param finer milliseconds; 0 tells every one apart
    public void setGrain(long finer, long now) {
        for (int i = first; i < end && finer < grain; i++) {
            long latest = i + 1 < end ? times[i + 1] : now;
            times[i] = Math.max(times[i], Math.min(times[i] + grain, latest));
        }
        grain = finer;
    }

    public boolean isEmpty() {
        return first == end;
    }

    /// Whether messages that are appended now, from this offset on, are worth an entry, which goes to the journal
    /// first.
    public boolean isWorthAnEntry(long offset, long now) {
        return first == end || now - times[end - 1] > grain || offsets[end - 1] > offset;
    }

    /// Later ones come later.
    public void add(long offset, long time) {
        // What was to be appended before, and was lost, never was at these offsets.
        while (first < end && offsets[end - 1] >= offset) {
            end--;
        }
        if (end == offsets.length) {
            makeRoom();
        }
        // A clock that was set back does not make messages older than those before them.
        times[end] = first < end ? Math.max(time, times[end - 1]) : time;
        offsets[end++] = offset;
    }

    private void makeRoom() {
        int length = end - first;
        int capacity = 2 * length < offsets.length ? offsets.length : 2 * offsets.length;
        offsets = Arrays.copyOf(Arrays.copyOfRange(offsets, first, end), capacity);
        times = Arrays.copyOf(Arrays.copyOfRange(times, first, end), capacity);
        first = 0;
        end = length;
    }

    /// When the message was appended, or a little before; 0 when nothing is known of the time.
    public long timeOf(long offset) {
        int at = Arrays.binarySearch(offsets, first, end, offset);
        int floor = at >= 0 ? at : -at - 2;
        return floor < first ? 0 : times[floor];
    }

    /// The first offset of messages appended after `time`; [Long#MAX_VALUE] when there are none yet.
    public long firstAfter(long time) {
        int low = first;
        int high = end;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (times[middle] > time) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low == end ? Long.MAX_VALUE : offsets[low];
    }

    /// Nobody will ask for offsets before this one.
    public void trimBefore(long offset) {
        while (end - first > 1 && offsets[first + 1] <= offset) {
            first++;
        }
    }

    /// Number of entries.
    public int size() {
        return end - first;
    }

    public long offset(int entry) {
        return offsets[first + entry];
    }

    public long time(int entry) {
        return times[first + entry];
    }
}
