package io.posthorn.console.definitions;

import static io.posthorn.console.MemoryBroker.ADMINISTRATOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.console.MemoryBroker;
import io.posthorn.console.Node;
import io.posthorn.console.definitions.DefinitionsPlan.Difference;
import io.posthorn.console.definitions.DefinitionsPlan.Step;
import io.posthorn.console.definitions.DefinitionsPlan.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// Files that go into a whole broker, and come out of it.
class DefinitionsRoundTripTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @AutoClose
    private final MemoryBroker world = new MemoryBroker();

    @Test
    void whatRabbitMqExportedIsExportedAgain() throws IOException {
        byte[] rabbit = recorded("rabbitmq-3.10-whole.json");

        world.apply(read(rabbit).changes());

        var before = MAPPER.readTree(rabbit);
        var after = MAPPER.readTree(exported());
        for (String list : List.of(
                "users",
                "permissions",
                "topic_permissions",
                "parameters",
                "global_parameters",
                "policies",
                "queues",
                "exchanges",
                "bindings")) {
            assertThat(items(after, list)).as(list).isEqualTo(items(before, list));
        }
        assertThat(names(after, "vhosts")).isEqualTo(names(before, "vhosts"));
    }

    @Test
    void anExportSaysNothingNewToTheBrokerThatMadeIt() throws IOException {
        world.apply(read(recorded("rabbitmq-3.10-whole.json")).changes());

        var plan = DefinitionsPlan.of(read(exported()), world.broker().administration(), ADMINISTRATOR);

        assertThat(plan.steps()).isNotEmpty().allMatch(step -> step.verdict() instanceof Verdict.Unchanged);
        assertThat(plan.notes()).isEmpty();
    }

    @Test
    void anExportMakesTheSameBrokerElsewhere() throws IOException {
        world.apply(read(recorded("rabbitmq-3.10-whole.json")).changes());
        try (var other = new MemoryBroker()) {
            byte[] file = exported();
            other.apply(DefinitionsReader.read(file, other.topology(), DefinitionsRoundTripTest::hash)
                    .changes());

            assertThat(MAPPER.readTree(exported(other))).isEqualTo(MAPPER.readTree(file));
        }
    }

    @Test
    void oneHostIsExportedWithoutItsNameAndImportedIntoAnother() throws IOException {
        world.apply(read(recorded("rabbitmq-3.10-whole.json")).changes());
        var out = new ByteArrayOutputStream();
        writer(world).writeHost("shop", out);
        world.apply(List.of(new AdminChange.PutVirtualHost(VirtualHostSpec.named("copy"))));

        world.apply(
                DefinitionsReader.readInto("copy", out.toByteArray(), world.topology(), DefinitionsRoundTripTest::hash)
                        .changes());

        var again = new ByteArrayOutputStream();
        writer(world).writeHost("copy", again);
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("\"vhost\"");
        assertThat(again.toString(StandardCharsets.UTF_8).replace("copy", "shop"))
                .isEqualTo(out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aBindingThatAClientMadeIsTheSameAfterwards() {
        var narrow = new BindingSpec(
                "amq.headers", Destination.QUEUE, "q", "", new Arguments(Map.of("n", 5, "x-match", "all")));
        world.apply(List.of(
                new AdminChange.DeclareQueue("/", new QueueSpec("q", true, false, false, Arguments.NONE)),
                new AdminChange.Bind("/", narrow)));

        world.apply(read(exported()).changes());

        assertThat(world.topology().virtualHost("/").bindingSpecs()).containsExactly(narrow);
    }

    @Test
    void ourOwnPasswordsSurviveAnExport() {
        world.apply(read(bytes("""
                {"users": [{"name": "u", "password": "secret", "tags": "monitoring"}]}
                """)).changes());
        var user = world.topology().user("u");

        world.apply(List.of(new AdminChange.DeleteUser("u")));
        byte[] file = bytes("{\"users\": ["
                + MAPPER.writeValueAsString(Described.user(Objects.requireNonNull(user), Map.of())) + "]}");
        world.apply(read(file).changes());

        assertThat(world.topology().user("u")).isEqualTo(user);
    }

    @Test
    void aDryRunSaysWhatWouldChangeAndChangesNothing() {
        world.apply(read(bytes("""
                {"users": [{"name": "u", "password": "old", "tags": "monitoring"},
                           {"name": "same", "password_hash": "", "tags": []}],
                 "policies": [{"vhost": "/", "name": "p", "pattern": "^a", "definition": {"max-length": 1}}],
                 "queues": [{"name": "q", "vhost": "/", "durable": true}]}
                """)).changes());
        byte[] before = exported();

        var plan = plan("""
                {"vhosts": [{"name": "new"}, {"name": "/", "description": "The first"}],
                 "users": [{"name": "u", "password": "newer", "tags": "administrator"},
                           {"name": "same", "password_hash": "", "tags": []}],
                 "permissions": [{"user": "nobody", "vhost": "new", "configure": "", "write": "", "read": ""}],
                 "policies": [{"vhost": "/", "name": "p", "pattern": "^a", "definition": {"max-length": 2}}],
                 "queues": [{"name": "q", "vhost": "/", "durable": false},
                            {"name": "r", "vhost": "new", "durable": true}],
                 "bindings": [{"source": "amq.direct", "vhost": "new", "destination": "r",
                               "destination_type": "queue", "routing_key": "k"}]}
                """);

        assertThat(plan.steps())
                .extracting(Step::subject, Step::verdict)
                .containsExactly(
                        step("vhost 'new'", new Verdict.Created()),
                        step("vhost '/'", new Verdict.Changed(List.of(new Difference("description", "", "The first")))),
                        step(
                                "user 'u'",
                                new Verdict.Changed(List.of(
                                        new Difference("password_hash", "...", "..."),
                                        new Difference("tags", List.of("monitoring"), List.of("administrator"))))),
                        step("user 'same'", new Verdict.Unchanged()),
                        step(
                                "permissions of user 'nobody' in vhost 'new'",
                                new Verdict.Refused("user 'nobody' not found")),
                        step(
                                "policy 'p' in vhost '/'",
                                new Verdict.Changed(List.of(new Difference(
                                        "definition", Map.of("max-length", 1L), Map.of("max-length", 2L))))),
                        step(
                                "queue 'q' in vhost '/'",
                                new Verdict.Refused("inequivalent arg 'durable' for queue 'q' in vhost '/':"
                                        + " received 'false' but current is 'true'")),
                        step("queue 'r' in vhost 'new'", new Verdict.Created()),
                        step(
                                "binding from exchange 'amq.direct' to queue 'r' with key 'k' in vhost 'new'",
                                new Verdict.Created()));
        assertThat(plan.refusal()).hasValue("permissions[0] (line 4): user 'nobody' not found");
        assertThat(exported()).isEqualTo(before);
    }

    @Test
    void anImportWithOneRefusalChangesNothing() {
        byte[] before = exported();
        var definitions = read(bytes("""
                {"vhosts": [{"name": "new"}],
                 "bindings": [{"source": "amq.direct", "vhost": "new", "destination": "nowhere",
                               "destination_type": "queue", "routing_key": "k"}]}
                """));

        assertThatThrownBy(() -> world.apply(definitions.changes()))
                .isInstanceOf(BrokerException.NotFound.class)
                .hasMessage("no queue 'nowhere' in vhost 'new'");
        assertThat(exported()).isEqualTo(before);
    }

    @Test
    void whichFileWasImportedIsKnownAndNotExported() {
        byte[] file = bytes("{\"vhosts\": [{\"name\": \"new\"}]}");

        world.apply(List.of(ImportedFile.changeTo(file)));

        assertThat(ImportedFile.isImported(file, world.topology())).isTrue();
        assertThat(ImportedFile.isImported(bytes("{}"), world.topology())).isFalse();
        assertThat(new String(exported(), StandardCharsets.UTF_8)).doesNotContain(ImportedFile.PARAMETER);
    }

    private static Tuple step(String subject, Verdict verdict) {
        return tuple(subject, verdict);
    }

    private DefinitionsPlan plan(String file) {
        return DefinitionsPlan.of(read(bytes(file)), world.broker().administration(), ADMINISTRATOR);
    }

    private Definitions read(byte[] file) {
        return DefinitionsReader.read(file, world.topology(), DefinitionsRoundTripTest::hash);
    }

    private static Credential hash(String password) {
        String key = Base64.getEncoder().encodeToString(bytes(password));
        return new Credential(Credential.PBKDF2_SHA256, "SCRAM-SHA-256$4096:c2FsdA==$" + key + ":" + key);
    }

    private byte[] exported() {
        return exported(world);
    }

    private static DefinitionsWriter writer(MemoryBroker world) {
        return new DefinitionsWriter(world.topology(), "rabbit@localhost", new Node.Identity("Posthorn", "1", "4.2.1"));
    }

    private static byte[] exported(MemoryBroker world) {
        var out = new ByteArrayOutputStream();
        writer(world).writeAll(out);
        return out.toByteArray();
    }

    /// Neither lists nor tags have an order.
    private static Set<JsonNode> items(JsonNode file, String list) {
        return file.get(list)
                .valueStream()
                .map(DefinitionsRoundTripTest::sorted)
                .collect(Collectors.toSet());
    }

    private static JsonNode sorted(JsonNode item) {
        if (item instanceof ObjectNode members && members.get("tags") instanceof ArrayNode tags) {
            var words = tags.valueStream().map(JsonNode::stringValue).sorted().toList();
            members.putArray("tags")
                    .addAll(words.stream().map(StringNode::valueOf).toList());
        }
        return item;
    }

    private static Set<String> names(JsonNode file, String list) {
        return file.get(list)
                .valueStream()
                .map(item -> item.get("name").asString())
                .collect(Collectors.toSet());
    }

    private static byte[] recorded(String name) throws IOException {
        try (var in = Objects.requireNonNull(DefinitionsRoundTripTest.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
