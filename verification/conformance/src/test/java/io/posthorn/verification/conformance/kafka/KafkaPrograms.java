package io.posthorn.verification.conformance.kafka;

import io.posthorn.verification.conformance.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Programs on a published Kafka's libraries, whose class path is none of ours (`verification/kafka-programs`).
final class KafkaPrograms {
    private static final Path TARGET = Path.of("../kafka-programs/target").toAbsolutePath();

    private KafkaPrograms() {}

    static ChildProcess start(String mainClass, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.connect.runtime=info",
                "-cp",
                TARGET.resolve("classes") + ":"
                        + Files.readString(TARGET.resolve("classpath")).strip(),
                mainClass));
        command.addAll(List.of(arguments));
        return ChildProcess.start(mainClass.replaceAll(".*\\.", ""), new ProcessBuilder(command));
    }
}
