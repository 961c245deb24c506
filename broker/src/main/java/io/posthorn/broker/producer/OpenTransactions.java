package io.posthorn.broker.producer;

import io.posthorn.broker.Message;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The transactions of a partition that are not decided for its readers, in the order of their begins.
final class OpenTransactions {
    private @Nullable OpenTransaction first;
    private @Nullable OpenTransaction last;

    /// Those with a marker that is not durable yet, in the order of their markers.
    private final ArrayDeque<OpenTransaction> ended = new ArrayDeque<>(0);

    /// Begins one at an offset behind those of all others.
    OpenTransaction begin(long offset) {
        var opened = new OpenTransaction(offset);
        opened.before = last;
        if (last == null) {
            first = opened;
        } else {
            last.behind = opened;
        }
        last = opened;
        return opened;
    }

    /// Brings back one that a snapshot knows of, wherever it belongs.
    OpenTransaction restore(long offset) {
        OpenTransaction earlier = last;
        while (earlier != null && earlier.first() > offset) {
            earlier = earlier.before;
        }
        if (earlier == last) {
            return begin(offset);
        }
        var restored = new OpenTransaction(offset);
        OpenTransaction later = earlier == null ? first : earlier.behind;
        restored.before = earlier;
        restored.behind = later;
        if (earlier == null) {
            first = restored;
        } else {
            earlier.behind = restored;
        }
        if (later != null) {
            later.before = restored;
        }
        return restored;
    }

    /// Its marker is in the log, and decides once it is durable.
    void ended(OpenTransaction transaction, long marker) {
        transaction.endsAt(marker);
        ended.add(transaction);
    }

    /// Everything before `end` is durable.
    void visible(long end) {
        OpenTransaction oldest = ended.peek();
        while (oldest != null && oldest.marker() < end) {
            ended.remove();
            remove(oldest);
            oldest = ended.peek();
        }
    }

    private void remove(OpenTransaction transaction) {
        OpenTransaction before = transaction.before;
        OpenTransaction behind = transaction.behind;
        if (before == null) {
            first = behind;
        } else {
            before.behind = behind;
        }
        if (behind == null) {
            last = before;
        } else {
            behind.before = before;
        }
    }

    /// The begin of the first; [Message#NEVER] when there are none.
    long firstOffset() {
        return first == null ? Message.NEVER : first.first();
    }

    /// The begin of the first that has no marker; `otherwise` when all have one.
    long firstUndecided(long otherwise) {
        OpenTransaction each = first;
        while (each != null && each.marker() >= 0) {
            each = each.behind;
        }
        return each == null ? otherwise : each.first();
    }
}
