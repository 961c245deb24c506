package io.posthorn.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.posthorn.server.config.ServerConfig.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerConfigTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void withoutSettingsItServesAmqpOnLoopbackFromDataHere() {
        var config = ServerConfig.read(Map.of(), Map.of(), Optional.empty());

        assertThat(config.place()).isEqualTo(new Place.Directory(Path.of("./data")));
        assertThat(config.amqp().listen()).hasToString("127.0.0.1:5672");
    }

    @Test
    void aFlagWinsOverTheEnvironmentAndTheEnvironmentOverTheFile() throws IOException {
        Path file = yaml("data: from-file", "amqp:", "  listen: 127.0.0.1:3", "  heartbeat: 3s");
        var environment = Map.of("POSTHORN_AMQP_LISTEN", "127.0.0.1:2", "POSTHORN_DATA", "from-environment");

        var config = ServerConfig.read(Map.of("--amqp", "127.0.0.1:1"), environment, Optional.of(file));

        assertThat(config.amqp().listen()).hasToString("127.0.0.1:1");
        assertThat(config.place()).isEqualTo(new Place.Directory(Path.of("from-environment")));
        assertThat(config.amqp().heartbeat()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void anUnknownKeyIsRefusedWithFileLineAndTheNearestName() throws IOException {
        Path file = yaml("data: x", "amqp:", "  # where", "  lisen: 127.0.0.1:5672");

        assertThat(problems(file))
                .containsExactly(file + ", line 4: there is no setting 'amqp.lisen'. Did you mean 'amqp.listen'?");
    }

    @Test
    void aKeyOutsideItsSectionIsPointedToIt() throws IOException {
        Path file = yaml("listen: 127.0.0.1:5672");

        assertThat(problems(file).getFirst()).endsWith("Did you mean 'amqp.listen'?");
    }

    @Test
    void aBadValueIsRefusedWithFileLineAndWhatToWrite() throws IOException {
        Path file = yaml("storage:", "  tail: lots");

        assertThat(problems(file))
                .containsExactly(file + ", line 2: 'lots' will not do for storage.tail: it is no size."
                        + " Write a size such as 64MiB, for example 64MiB.");
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() throws IOException {
        Path file = yaml("dta: x", "limits:", "  memory: 120%", "  connections: many", "threads: [1, 2]");

        assertThat(problems(file)).hasSize(4);
    }

    @Test
    void aKeySetTwiceIsRefused() throws IOException {
        assertThat(problems(yaml("data: x", "data: y"))).hasSize(1);
    }

    @Test
    void aFileThatIsNoYamlIsRefusedWithItsLine() throws IOException {
        Path file = yaml("data: x", "amqp: [");

        assertThat(problems(file)).hasSize(1).first().asString().startsWith(file + ", line 3: this is no YAML");
    }

    @Test
    void anEmptyFileAndAnEmptySectionSetNothing() throws IOException {
        assertThat(ServerConfig.read(Map.of(), Map.of(), Optional.of(yaml("# nothing", "amqp:"))))
                .isEqualTo(ServerConfig.read(Map.of(), Map.of(), Optional.empty()));
    }

    @Test
    void aMissingFileIsNamed() {
        Path missing = directory.resolve("missing.yaml");

        assertThatThrownBy(() -> ServerConfig.read(Map.of(), Map.of(), Optional.of(missing)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(missing.toString());
    }

    @Test
    void aBadVariableIsNamed() {
        assertThatThrownBy(() -> ServerConfig.read(Map.of(), Map.of("POSTHORN_THREADS_IO", "two"), Optional.empty()))
                .hasMessageContaining("environment variable POSTHORN_THREADS_IO: 'two'");
    }

    @Test
    void aVariableThatIsNoSettingIsRefusedWithTheNearestName() {
        var environment = Map.of("POSTHORN_AMQP_LISTN", "x", "POSTHORN_HEAP", "1g", "HOME", "/");
        assertThatThrownBy(() -> ServerConfig.read(Map.of(), environment, Optional.empty()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("environment variable POSTHORN_AMQP_LISTN: there is no such setting."
                        + " Did you mean POSTHORN_AMQP_LISTEN?");
    }

    @Test
    void whatAnOrchestratorSaysOfAServiceNamedPosthornIsNoMistake() {
        var environment = Map.of(
                "POSTHORN_SERVICE_HOST", "10.0.0.1",
                "POSTHORN_PORT", "tcp://10.0.0.1:5672",
                "POSTHORN_PORT_5672_TCP_ADDR", "10.0.0.1",
                "POSTHORN_HEADLESS_SERVICE_PORT_AMQP", "5672");
        assertThat(ServerConfig.read(Map.of(), environment, Optional.empty())).isNotNull();
    }

    @Test
    void everyAddressOfTheMachineHasSeveralNames() {
        for (String address : List.of("0.0.0.0:5672", "[::]:5672", "*:5672", ":5672")) {
            assertThat(ListenAddress.parse(address))
                    .isInstanceOfSatisfying(
                            ListenAddress.On.class,
                            on -> assertThat(on.host().isAnyLocalAddress()).isTrue());
        }
    }

    @Test
    void aListenerIsAnAddressAPortOrOff() {
        assertThat(ListenAddress.parse("localhost:1")).hasToString("127.0.0.1:1");
        assertThat(ListenAddress.parse("[::1]:2")).hasToString("[0:0:0:0:0:0:0:1]:2");
        assertThat(ListenAddress.parse("3")).hasToString("127.0.0.1:3");
        assertThat(ListenAddress.parse("off")).isEqualTo(new ListenAddress.Off());
    }

    @Test
    void aDirectoryOnTheCommandLineWinsOverMemoryInTheFile() throws IOException {
        Path file = yaml("memory: true");

        assertThat(ServerConfig.read(Map.of(), Map.of(), Optional.of(file)).place())
                .isEqualTo(new Place.Memory());
        assertThat(ServerConfig.read(Map.of("--data", "d"), Map.of(), Optional.of(file))
                        .place())
                .isEqualTo(new Place.Directory(Path.of("d")));
    }

    @Test
    void memoryAndADirectoryOnOneCommandLineContradictEachOther() {
        assertThatThrownBy(
                        () -> ServerConfig.read(Map.of("--data", "d", "--memory", "true"), Map.of(), Optional.empty()))
                .hasMessageContaining("--data")
                .hasMessageContaining("--memory");
    }

    @Test
    void aVersionHasThreeNumbersBecauseClientsCompareThem() {
        assertThat(ValueReaders.version("3.10.8")).isEqualTo("3.10.8");
        assertThat(ValueReaders.version("4.3.0-rc.1")).isEqualTo("4.3.0-rc.1");
        for (String version : List.of("", "4.2", "latest", "4.2.x", "4.2.1 ")) {
            assertThatThrownBy(() -> ValueReaders.version(version)).isInstanceOf(ValueReaders.BadValue.class);
        }
    }

    @Test
    void sizesAndTimesHaveUnits() {
        assertThat(ValueReaders.bytes("16MiB", 0, Long.MAX_VALUE)).isEqualTo(16 << 20);
        assertThat(ValueReaders.bytes("4 kb", 0, Long.MAX_VALUE)).isEqualTo(4 << 10);
        assertThat(ValueReaders.bytes("7", 0, Long.MAX_VALUE)).isEqualTo(7);
        assertThat(ValueReaders.duration("1500ms")).isEqualTo(Duration.ofMillis(1500));
        assertThat(ValueReaders.duration("2h")).isEqualTo(Duration.ofHours(2));
        assertThatThrownBy(() -> ValueReaders.bytes("999999999999999TiB", 0, Long.MAX_VALUE))
                .hasMessage("it is too large");
        assertThatThrownBy(() -> ValueReaders.duration("2")).isInstanceOf(ValueReaders.BadValue.class);
    }

    @Test
    void everySettingIsDocumented() throws IOException {
        String page = Files.readString(Path.of("../docs/configuration.md"));

        for (Setting<?> setting : SettingTable.ALL) {
            assertThat(page)
                    .contains("| `%s` | `%s` | `%s` |"
                            .formatted(setting.key(), setting.defaultText(), setting.variable()));
        }
    }

    private Path yaml(String... lines) throws IOException {
        return Files.write(directory.resolve("posthorn.yaml"), List.of(lines));
    }

    private static List<String> problems(Path file) {
        return catchThrowableOfType(
                        ConfigException.class, () -> ServerConfig.read(Map.of(), Map.of(), Optional.of(file)))
                .problems();
    }
}
