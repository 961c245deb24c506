package io.posthorn.protocol.kafka;

import io.posthorn.broker.Broker;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/// What every part of the protocol is made with.
///
/// @param cluster who we are to clients
/// @param loggers of this process
/// @param blocking where what may wait runs: virtual threads
public record Surroundings(
        Broker broker,
        KafkaSettings settings,
        Cluster cluster,
        Loggers loggers,
        Executor blocking,
        InstantSource clock) {}
