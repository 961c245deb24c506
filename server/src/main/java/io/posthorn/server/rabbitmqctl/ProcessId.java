package io.posthorn.server.rabbitmqctl;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/// Connections, channels and queues have names here and no process: each gets a number that looks like one and is
/// always the same, so that what a list has shown can be named afterwards.
final class ProcessId {
    private ProcessId() {}

    static String of(String node, String name) {
        var crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        return "<%s.%d.%d.0>".formatted(node, crc.getValue(), name.hashCode() & 0x7FFFFFFF);
    }

    static boolean isOne(String text) {
        return text.matches("<.+\\.\\d+\\.\\d+\\.\\d+>");
    }
}
