/// Groups of consumers. Owns Kafka's group coordinator, as Kafka wrote it, and what it runs on: its logs, its
/// timers, its picture of the topics; and answers the requests of members and of those who look after groups.
/// Must not know how records are produced or fetched.
@NullMarked
package io.posthorn.protocol.kafka.group;

import org.jspecify.annotations.NullMarked;
