package io.posthorn.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.Settings.ParameterKey;
import io.posthorn.broker.admin.Settings.PolicyKey;
import io.posthorn.broker.admin.TopicPatterns;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.log.Bytes;
import io.posthorn.log.LogException;
import io.posthorn.log.LogId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChangeCodecTest {
    @Property(tries = 500, seed = "1")
    void changesComeBackAsTheyWere(@ForAll("changes") List<TopologyChange> changes) {
        assertThat(ChangeCodec.decode(ChangeCodec.encode(changes))).isEqualTo(changes);
    }

    @Property(tries = 500, seed = "1")
    void otherBytesAreRefusedOrRead(@ForAll byte[] bytes) {
        var marked = new byte[bytes.length + 1];
        marked[0] = 1;
        System.arraycopy(bytes, 0, marked, 1, bytes.length);
        try {
            ChangeCodec.decode(new Bytes(marked));
        } catch (IllegalArgumentException | ArithmeticException | java.time.DateTimeException refused) {
            assertThat(refused).isNotNull();
        }
    }

    @Test
    void argumentsKeepTheTypeOfEveryValue() {
        var arguments = ManagerWorld.arguments(
                "byte", (byte) 1, "short", (short) 1, "int", 1, "long", 1L, "void", null, "float", 1f, "double", 1.0);
        var read = read(arguments);
        assertThat(read).isEqualTo(arguments);
        assertThat(List.copyOf(read.values().keySet()))
                .isEqualTo(List.copyOf(arguments.values().keySet()));
    }

    /// Bytes on disk outlive the code that wrote them.
    @Test
    void theBytesOfAQueueAreThoseOfVersionOne() {
        var change = new TopologyChange.QueueDeclared(
                "/",
                new QueueSpec("q", true, false, true, ManagerWorld.arguments("k", 5, "t", "v")),
                new LogId(3),
                null);
        var bytes =
                HexFormat.of().parseHex("01" + "04" + "022f" + "0271" + "03" + "04" + "026b050a" + "02740a0276" + "06");
        assertThat(ChangeCodec.encode(List.of(change)).toByteArray()).isEqualTo(bytes);
        assertThat(ChangeCodec.decode(new Bytes(bytes))).containsExactly(change);
    }

    @Test
    void aQueueIsWrittenWithWhoDeclaredIt() {
        var spec = new QueueSpec("q", true, false, true, ManagerWorld.arguments("k", 5, "t", "v"));
        var change = new TopologyChange.QueueDeclared("/", spec, new LogId(3), null, "alice");
        var bytes = HexFormat.of()
                .parseHex("01" + "04" + "022f" + "0271" + "13" + "04" + "026b050a" + "02740a0276" + "06"
                        + "0a616c696365");
        assertThat(ChangeCodec.encode(List.of(change)).toByteArray()).isEqualTo(bytes);
        assertThat(ChangeCodec.decode(new Bytes(bytes))).containsExactly(change);
    }

    @Test
    void theBytesOfTopicsAreThoseOfVersionOne() {
        var logs = List.of(new LogId(3), new LogId(4));
        var all = new LinkedHashMap<TopologyChange, String>();
        all.put(
                new TopologyChange.TopicCreated("v", "t", Map.of("k", "w", "a", "b"), logs),
                "1c 0276 0274 04 0261 0262 026b 0277 04 06 08");
        all.put(new TopologyChange.PartitionsAdded("v", "t", 5, logs), "1d 0276 0274 0a 04 06 08");
        all.put(new TopologyChange.TopicConfigured("v", "t", Map.of("k", "w")), "1e 0276 0274 02 026b 0277");
        all.put(
                new TopologyChange.CursorDeclared("v", "t", "c", 1, CursorPart.of(logs, List.of())),
                "1f 0276 0274 0263 02 04 06 08");
        all.put(
                new TopologyChange.CursorDeclared("v", "t", "c", 0, CursorPart.of(logs, List.of(7L))),
                "21 0276 0274 0263 00 04 06 08 0e 00");
        all.put(new TopologyChange.CursorDeleted("v", "t", "c"), "20 0276 0274 0263");
        all.forEach((change, hex) -> {
            var bytes = HexFormat.of().parseHex("01" + hex.replace(" ", ""));
            assertThat(ChangeCodec.encode(List.of(change)).toByteArray())
                    .as("%s", change)
                    .isEqualTo(bytes);
            assertThat(ChangeCodec.decode(new Bytes(bytes))).containsExactly(change);
        });
    }

    @Test
    void theBytesOfDecisionsAreThoseOfVersionOne() {
        for (var expected : decisionsAndTheirBytes().entrySet()) {
            var bytes = HexFormat.of().parseHex("01" + expected.getValue().replace(" ", ""));
            assertThat(ChangeCodec.encode(List.of(expected.getKey())).toByteArray())
                    .as("%s", expected.getKey())
                    .isEqualTo(bytes);
            assertThat(ChangeCodec.decode(new Bytes(bytes))).containsExactly(expected.getKey());
        }
    }

    private static Map<TopologyChange, String> decisionsAndTheirBytes() {
        var all = new LinkedHashMap<TopologyChange, String>();
        all.put(
                new TopologyChange.VirtualHostPut(
                        new VirtualHostSpec("v", "d", List.of("t", "s"), "quorum", true, true)),
                "0b 0276 0264 07 0c71756f72756d 04 0274 0273");
        all.put(new TopologyChange.VirtualHostPut(VirtualHostSpec.named("v")), "0b 0276 00 00 00");
        all.put(new TopologyChange.VirtualHostDeleted("v"), "0c 0276");
        all.put(new RightsChange.Begun(), "0d");
        all.put(
                new RightsChange.UserPut(new UserSpec("u", new Credential("a", "e"), Set.of("z", "b"))),
                "0e 0275 01 0261 0265 04 0262 027a");
        all.put(new RightsChange.UserPut(new UserSpec("u", null, Set.of())), "0e 0275 00 00");
        all.put(new RightsChange.UserDeleted("u"), "0f 0275");
        all.put(
                new RightsChange.PermissionsSet("u", "v", new PermissionPatterns("c", "w", "r")),
                "10 0275 0276 0263 0277 0272");
        all.put(new RightsChange.PermissionsCleared("u", "v"), "11 0275 0276");
        all.put(
                new RightsChange.TopicPermissionsSet("u", "v", "x", new TopicPatterns("w", "r")),
                "12 0275 0276 0278 0277 0272");
        all.put(new RightsChange.TopicPermissionsCleared("u", "v", "x"), "13 0275 0276 01 0278");
        all.put(new RightsChange.TopicPermissionsCleared("u", "v", null), "13 0275 0276 00");
        all.put(new RightsChange.UserLimitSet("u", "l", -1), "14 0275 026c 01");
        all.put(new RightsChange.UserLimitCleared("u", "l"), "15 0275 026c");
        all.put(
                new SettingsChange.PolicyPut(new Policy(
                        Policy.Kind.OPERATOR,
                        "v",
                        "n",
                        "p",
                        Policy.ApplyTo.STREAMS,
                        3,
                        ManagerWorld.arguments("k", true))),
                "16 0276 026e 0270 01 04 06 02 026b 02");
        all.put(new SettingsChange.PolicyDeleted(new PolicyKey("v", Policy.Kind.USER, "n")), "17 0276 026e 00");
        all.put(new SettingsChange.ParameterPut(new Parameter("v", "c", "n", "1")), "18 01 0276 0263 026e 0231");
        all.put(new SettingsChange.ParameterPut(new Parameter(null, "", "n", "1")), "18 00 00 026e 0231");
        all.put(new SettingsChange.ParameterDeleted(new ParameterKey("v", "c", "n")), "19 01 0276 0263 026e");
        all.put(new SettingsChange.HostLimitSet("v", "l", 5), "1a 0276 026c 0a");
        all.put(new SettingsChange.HostLimitCleared("v", "l"), "1b 0276 026c");
        return all;
    }

    @Test
    void aVirtualHostOfBeforeAnythingCouldBeSaidOfItIsRead() {
        var bytes = HexFormat.of().parseHex("01" + "01" + "022f");
        assertThat(ChangeCodec.decode(new Bytes(bytes)))
                .containsExactly(new TopologyChange.VirtualHostPut(VirtualHostSpec.named("/")));
    }

    @Test
    void aNewerVersionIsRefusedClearly() {
        assertThatThrownBy(() -> ChangeCodec.decode(new Bytes(new byte[] {2})))
                .isInstanceOf(LogException.Unusable.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void aQueueThatDiesWithItsSessionIsNeverWritten() {
        var change = new TopologyChange.QueueDeclared(
                "/", new QueueSpec("q", false, true, false, Arguments.NONE), new LogId(3), new SessionId(1));
        assertThatThrownBy(() -> ChangeCodec.encode(List.of(change))).isInstanceOf(IllegalArgumentException.class);
    }

    private static Arguments read(Arguments arguments) {
        var out = new ByteWriter();
        ArgumentsCodec.write(out, arguments);
        return ArgumentsCodec.read(new ByteReader(out.toBytes()));
    }

    @Provide
    Arbitrary<List<TopologyChange>> changes() {
        var names = Arbitraries.strings().ofMaxLength(20);
        var flags = Arbitraries.of(true, false);
        var logs = Arbitraries.longs().between(1, 1L << 40).map(LogId::new);
        Arbitrary<TopologyChange> hosts =
                names.map(name -> new TopologyChange.VirtualHostPut(VirtualHostSpec.named(name)));
        Arbitrary<TopologyChange> used = logs.map(TopologyChange.LogIdsUsed::new);
        Arbitrary<TopologyChange> exchanges = Combinators.combine(names, names, flags, flags, flags, arguments())
                .as((host, name, durable, autoDelete, internal, arguments) -> new TopologyChange.ExchangeDeclared(
                        host,
                        new ExchangeSpec(name, "topic", durable, autoDelete, internal, arguments),
                        autoDelete ? new LogId(1 + name.length()) : null));
        Arbitrary<TopologyChange> queues = Combinators.combine(names, names, flags, arguments(), logs)
                .as((host, name, autoDelete, arguments, log) -> new TopologyChange.QueueDeclared(
                        host, new QueueSpec(name, true, false, autoDelete, arguments), log, null, host));
        Arbitrary<TopologyChange> deletions = Combinators.combine(names, names, flags)
                .as((host, name, queue) -> queue
                        ? new TopologyChange.QueueDeleted(host, name)
                        : new TopologyChange.ExchangeDeleted(host, name));
        Arbitrary<TopologyChange> pauses = Combinators.combine(names, names, names, flags)
                .as((host, name, reason, paused) -> paused
                        ? new TopologyChange.QueuePaused(host, name, reason)
                        : new TopologyChange.QueueResumed(host, name));
        Arbitrary<BindingSpec> specs = Combinators.combine(
                        names, Arbitraries.of(Destination.values()), names, names, arguments())
                .as(BindingSpec::new);
        Arbitrary<TopologyChange> bindings = Combinators.combine(names, specs, flags)
                .as((host, spec, bound) ->
                        bound ? new TopologyChange.Bound(host, spec) : new TopologyChange.Unbound(host, spec));
        return Arbitraries.oneOf(hosts, used, exchanges, queues, deletions, pauses, bindings)
                .list()
                .ofMaxSize(6);
    }

    private static Arbitrary<Arguments> arguments() {
        return tables(2);
    }

    private static Arbitrary<Arguments> tables(int depth) {
        return Arbitraries.maps(Arbitraries.strings().ofMaxLength(10), values(depth))
                .ofMaxSize(5)
                .map(values -> {
                    // Maps of jqwik hold no null; NOTHING stands for it.
                    var table = new LinkedHashMap<String, @Nullable Object>();
                    values.forEach((name, value) -> table.put(name, value.equals(NOTHING) ? null : value));
                    return new Arguments(table);
                });
    }

    private static final String NOTHING = "no value at all";

    private static Arbitrary<Object> values(int depth) {
        Arbitrary<Object> simple = Arbitraries.oneOf(
                Arbitraries.just(NOTHING),
                Arbitraries.of(true, false),
                Arbitraries.bytes(),
                Arbitraries.shorts(),
                Arbitraries.integers(),
                Arbitraries.longs(),
                Arbitraries.floats(),
                Arbitraries.doubles(),
                Arbitraries.strings().ofMaxLength(20),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(20).map(Bytes::new),
                Arbitraries.longs().between(0, 1L << 40).map(Instant::ofEpochSecond),
                Arbitraries.integers()
                        .between(0, 255)
                        .map(scale -> new BigDecimal(BigInteger.valueOf(scale * 1_234_567L), scale)));
        return depth == 0
                ? simple
                : Arbitraries.oneOf(
                        simple,
                        simple.filter(value -> !value.equals(NOTHING)).list().ofMaxSize(4),
                        tables(depth - 1));
    }
}
