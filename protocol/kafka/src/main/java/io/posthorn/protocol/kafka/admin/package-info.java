/// What administrators do: create, change and delete topics, read and write configurations, ask how the
/// node is. Owns the rules of Kafka's configurations; must not know what is in topics.
@NullMarked
package io.posthorn.protocol.kafka.admin;

import org.jspecify.annotations.NullMarked;
