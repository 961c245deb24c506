package io.posthorn.protocol.kafka.group;

import io.posthorn.broker.topic.Catalogue;
import io.posthorn.broker.topic.Topic;
import io.posthorn.protocol.kafka.Cluster;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.image.AclsImage;
import org.apache.kafka.image.ClientQuotasImage;
import org.apache.kafka.image.ClusterImage;
import org.apache.kafka.image.ConfigurationsImage;
import org.apache.kafka.image.DelegationTokenImage;
import org.apache.kafka.image.FeaturesImage;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.image.ProducerIdsImage;
import org.apache.kafka.image.ScramImage;
import org.apache.kafka.image.TopicImage;
import org.apache.kafka.image.TopicsImage;
import org.apache.kafka.server.immutable.ImmutableMap;
import org.jspecify.annotations.Nullable;

/// The catalogue of topics as Kafka's coordinator wants to see it.
///
/// The catalogue is an immutable value already, so this is a view and no copy: a change costs nothing here, and
/// 100,000 queues that no group reads cost no memory.
final class CatalogueImage {
    private CatalogueImage() {}

    /// @param version greater than that of any image before
    static MetadataImage of(Catalogue catalogue, Cluster cluster, long version) {
        var byId = new TopicsView<Uuid>(
                catalogue,
                cluster::idOf,
                key -> key instanceof Uuid uuid ? catalogue.identified(cluster.numberOf(uuid)) : null,
                cluster);
        var byName = new TopicsView<String>(
                catalogue, Topic::name, key -> key instanceof String name ? catalogue.named(name) : null, cluster);
        return new MetadataImage(
                new MetadataProvenance(version, 0, 0, true),
                FeaturesImage.EMPTY,
                ClusterImage.EMPTY,
                new TopicsImage(byId, byName),
                ConfigurationsImage.EMPTY,
                ClientQuotasImage.EMPTY,
                ProducerIdsImage.EMPTY,
                AclsImage.EMPTY,
                ScramImage.EMPTY,
                DelegationTokenImage.EMPTY);
    }

    /// The topics of a catalogue by one of their keys.
    private static final class TopicsView<K> extends AbstractMap<K, TopicImage> implements ImmutableMap<K, TopicImage> {
        private final Catalogue catalogue;
        private final Function<Topic, K> key;
        private final Function<@Nullable Object, @Nullable Topic> lookup;
        private final Cluster cluster;

        TopicsView(
                Catalogue catalogue,
                Function<Topic, K> key,
                Function<@Nullable Object, @Nullable Topic> lookup,
                Cluster cluster) {
            this.catalogue = catalogue;
            this.key = key;
            this.lookup = lookup;
            this.cluster = cluster;
        }

        @Override
        public @Nullable TopicImage get(@Nullable Object wanted) {
            Topic found = lookup.apply(wanted);
            return found == null ? null : image(found);
        }

        @Override
        public boolean containsKey(@Nullable Object wanted) {
            return lookup.apply(wanted) != null;
        }

        @Override
        public Set<Map.Entry<K, TopicImage>> entrySet() {
            return new AbstractSet<>() {
                @Override
                public Iterator<Map.Entry<K, TopicImage>> iterator() {
                    return catalogue.topics().stream()
                            .map(topic -> Map.entry(key.apply(topic), image(topic)))
                            .iterator();
                }

                @Override
                public int size() {
                    return catalogue.topics().size();
                }
            };
        }

        private TopicImage image(Topic topic) {
            return new TopicImage(
                    topic.name(),
                    cluster.idOf(topic),
                    new PartitionsView(topic.partitions().size()));
        }

        @Override
        public ImmutableMap<K, TopicImage> updated(K key, TopicImage value) {
            throw new UnsupportedOperationException("the catalogue is the broker's");
        }

        @Override
        public ImmutableMap<K, TopicImage> removed(K key) {
            throw new UnsupportedOperationException("the catalogue is the broker's");
        }
    }
}
