package io.posthorn.protocol.kafka.group;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.Uuid;

/// How one kind of request names partitions: the messages of Kafka's wire look alike and have no type in common.
///
/// @param <T> a topic in the request
/// @param <P> a partition in the topic
/// @param like a topic without partitions in place of one that was found
record AskedPartitions<T, P>(
        Function<T, String> name,
        Function<T, Uuid> id,
        Function<T, List<P>> partitions,
        ToIntFunction<P> index,
        Function<TopicCheck.Found, T> like) {

    /// Hears of a partition that is not there, or that nobody is to know of.
    interface Refusal {
        void partition(TopicCheck.Found topic, int partition);
    }

    /// The topics with those of their partitions that are there; topics of which none is are left out.
    List<T> known(Iterable<T> asked, TopicCheck check, Refusal refusal) {
        var known = new ArrayList<T>();
        for (T topic : asked) {
            TopicCheck.Found found = check.find(name.apply(topic), id.apply(topic));
            T there = like.apply(found);
            for (P partition : partitions.apply(topic)) {
                if (found.has(index.applyAsInt(partition))) {
                    partitions.apply(there).add(partition);
                } else {
                    refusal.partition(found, index.applyAsInt(partition));
                }
            }
            if (!partitions.apply(there).isEmpty()) {
                known.add(there);
            }
        }
        return known;
    }
}
