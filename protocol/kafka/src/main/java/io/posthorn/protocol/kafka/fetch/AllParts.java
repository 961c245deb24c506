package io.posthorn.protocol.kafka.fetch;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Reply;
import io.posthorn.protocol.kafka.KafkaErrors;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/// An answer whose parts come one by one, each by a reply of its own. Confined to the io thread.
///
/// @param <T> the answer, which the parts are written into
final class AllParts<T> {
    private final T answer;
    private final CompletableFuture<T> whole = new CompletableFuture<>();

    /// Parts that are still to come, and one until all have been asked for.
    private int missing = 1;

    AllParts(T answer) {
        this.answer = answer;
    }

    /// One more part is asked for. Of the two, one is called.
    <V> Reply<V> one(Consumer<V> onOk, Consumer<Errors> onFailure) {
        missing++;
        return new Reply<>() {
            @Override
            public void ok(V value) {
                onOk.accept(value);
                arrived();
            }

            @Override
            public void failed(BrokerException cause) {
                onFailure.accept(KafkaErrors.of(cause));
                arrived();
            }
        };
    }

    /// @return completes with the last of the parts
    CompletableFuture<T> allAsked() {
        arrived();
        return whole;
    }

    private void arrived() {
        if (--missing == 0) {
            whole.complete(answer);
        }
    }
}
