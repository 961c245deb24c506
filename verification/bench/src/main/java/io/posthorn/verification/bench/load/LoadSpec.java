package io.posthorn.verification.bench.load;

import java.util.HashMap;
import java.util.Map;

/// What a load does, as it is passed from the harness to the load's own process: `name=value` arguments.
///
/// @param queueType `classic`, `quorum`, or empty
/// @param window messages published and not yet confirmed; without confirms, not yet delivered
/// @param confirms whether the publisher asks for confirms, and the messages are persistent
/// @param ackEach whether each delivery is acknowledged by a frame of its own, rather than all of a read at once
/// @param publish whether to publish
/// @param consume whether to consume
/// @param count messages after which the load ends; 0 to go by time
/// @param serverPid whose CPU time to read at the edges of the measured time
public record LoadSpec(
        int port,
        String queue,
        String queueType,
        int bodyBytes,
        int window,
        boolean confirms,
        boolean ackEach,
        boolean publish,
        boolean consume,
        double warmUpSeconds,
        double seconds,
        long count,
        int rate,
        long serverPid) {
    public static LoadSpec parse(String[] arguments) {
        Map<String, String> given = new HashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            given.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        return new LoadSpec(
                Integer.parseInt(given.getOrDefault("port", "5672")),
                given.getOrDefault("queue", "bench"),
                given.getOrDefault("type", ""),
                Integer.parseInt(given.getOrDefault("body", "100")),
                Integer.parseInt(given.getOrDefault("window", "200")),
                Boolean.parseBoolean(given.getOrDefault("confirms", "true")),
                Boolean.parseBoolean(given.getOrDefault("ackEach", "true")),
                Boolean.parseBoolean(given.getOrDefault("publish", "true")),
                Boolean.parseBoolean(given.getOrDefault("consume", "true")),
                Double.parseDouble(given.getOrDefault("warmUp", "3")),
                Double.parseDouble(given.getOrDefault("seconds", "5")),
                Long.parseLong(given.getOrDefault("count", "0")),
                Integer.parseInt(given.getOrDefault("rate", "1000")),
                Long.parseLong(given.getOrDefault(
                        "pid", Long.toString(ProcessHandle.current().pid()))));
    }
}
