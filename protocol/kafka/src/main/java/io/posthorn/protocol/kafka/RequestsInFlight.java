package io.posthorn.protocol.kafka;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.jspecify.annotations.Nullable;

/// The requests of one connection that have no answer yet, and answers that wait for those before them.
/// Confined to the thread of the connection.
///
/// Kafka answers one request of a connection after the other. So do we, except that a produce request does
/// not wait for the ones before it: a client that sends several gets them onto the disk by one sync.
final class RequestsInFlight {
    private static final int MOST = 64;

    /// Of all together, but for one request that is larger alone.
    private static final long MOST_BYTES = 64 * 1024 * 1024;

    private final KafkaConnection connection;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private long bytes;

    RequestsInFlight(KafkaConnection connection) {
        this.connection = connection;
    }

    private static final class Entry {
        private final KafkaRequest request;
        private boolean isDone;
        private @Nullable AbstractResponse response;
        private @Nullable Throwable failure;

        private Entry(KafkaRequest request) {
            this.request = request;
        }
    }

    /// Whether this one may begin, beside those that are there.
    boolean admits(KafkaRequest next) {
        return entries.isEmpty()
                || (isProduce(next)
                        && isProduce(entries.getLast().request)
                        && entries.size() < MOST
                        && bytes + next.sizeInBytes() <= MOST_BYTES);
    }

    static boolean isProduce(KafkaRequest request) {
        return request.api() == ApiKeys.PRODUCE;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /// Whether somebody waits to hear that what they sent is kept.
    boolean hasProduce() {
        return !entries.isEmpty() && isProduce(entries.getLast().request);
    }

    /// @param handler begins to answer
    void begin(KafkaRequest request, Supplier<CompletionStage<? extends AbstractResponse>> handler) {
        var entry = new Entry(request);
        entries.add(entry);
        bytes += request.sizeInBytes();
        CompletionStage<? extends AbstractResponse> answer;
        try {
            answer = handler.get();
        } catch (RuntimeException | Error failure) {
            answer = CompletableFuture.failedStage(failure);
        }
        answer.whenComplete((response, failure) -> {
            if (connection.isCurrentThread()) {
                done(entry, response, failure);
            } else {
                connection.io().execute(() -> done(entry, response, failure));
            }
        });
    }

    private void done(Entry entry, @Nullable AbstractResponse response, @Nullable Throwable failure) {
        entry.isDone = true;
        entry.response = response;
        entry.failure = failure;
        boolean any = false;
        for (Entry head = entries.peek(); head != null && head.isDone; head = entries.peek()) {
            entries.remove();
            bytes -= head.request.sizeInBytes();
            connection.answer(head.request, head.response, head.failure);
            any = true;
        }
        if (any) {
            connection.answered();
        }
    }

    /// Nobody waits for answers any more; they come all the same.
    void abandon() {
        for (Entry entry : List.copyOf(entries)) {
            entry.request.life().abandoned();
        }
    }
}
