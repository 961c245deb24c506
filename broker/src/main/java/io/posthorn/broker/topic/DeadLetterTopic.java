package io.posthorn.broker.topic;

/// Where what a group gives up goes.
///
/// @param topic gets a record for each, which says where it was
/// @param group which gives up
/// @param copiesRecord whether that one has the key, the value and the headers, too
public record DeadLetterTopic(String topic, String group, boolean copiesRecord) {}
