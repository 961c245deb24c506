package io.posthorn.console.definitions;

import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.AdminChange.PutParameter;
import io.posthorn.broker.admin.AdminChange.SetUserLimit;
import io.posthorn.broker.admin.AdminChange.SetVirtualHostLimit;
import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.broker.topology.Topology;
import io.posthorn.console.definitions.Definitions.Stated;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads a file that RabbitMQ 3.8 to 4.x, or we, have written, or a person.
///
/// The order of what is read is the order in which it can be made: a host before who may use it, exchanges and queues
/// before what binds them.
public final class DefinitionsReader {
    private static final String RESERVED = "amq.";
    private static final String ONE_HOST = "single_virtual_host";

    private final Item file;
    private final @Nullable String onlyHost;
    private final Known known;
    private final List<Stated> stated = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    /// What a file leaves unsaid.
    ///
    /// @param virtualHost what is said of a virtual host in the broker today
    /// @param binding the binding of a virtual host that is the same in JSON, or else the one that was given
    /// @param hashing makes a credential of a password in plain text; takes its time
    record Known(
            Function<String, Optional<VirtualHostSpec>> virtualHost,
            BiFunction<String, BindingSpec, BindingSpec> binding,
            Function<String, Credential> hashing) {
        static Known of(Topology topology, Function<String, Credential> hashing) {
            return new Known(
                    name -> topology.hasVirtualHost(name)
                            ? Optional.of(topology.virtualHost(name).spec())
                            : Optional.empty(),
                    (host, spec) -> Queues.sameInJson(topology, host, spec),
                    hashing);
        }
    }

    private DefinitionsReader(Item file, @Nullable String onlyHost, Known known) {
        this.file = file;
        this.onlyHost = onlyHost;
        this.known = known;
    }

    /// A file for the whole broker.
    ///
    /// @param topology of the broker that the file is for
    /// @param hashing makes a credential of a password in plain text; takes its time
    /// @throws DefinitionsException with everything that is wrong
    public static Definitions read(byte[] file, Topology topology, Function<String, Credential> hashing) {
        return read(file, Known.of(topology, hashing));
    }

    static Definitions read(byte[] file, Known known) {
        return read(file, null, known);
    }

    /// A file whose entities go to one virtual host, whatever it says of hosts; what lies outside of one is passed
    /// over.
    ///
    /// @throws DefinitionsException with everything that is wrong
    public static Definitions readInto(
            String virtualHost, byte[] file, Topology topology, Function<String, Credential> hashing) {
        return readInto(virtualHost, file, Known.of(topology, hashing));
    }

    static Definitions readInto(String virtualHost, byte[] file, Known known) {
        return read(file, virtualHost, known);
    }

    private static Definitions read(byte[] file, @Nullable String onlyHost, Known known) {
        try {
            return new DefinitionsReader(Item.of(JsonFile.parse(file)), onlyHost, known).read();
        } catch (Problem problem) {
            throw new DefinitionsException(List.of(problem.text()));
        }
    }

    private Definitions read() {
        file.ignore("rabbit_version", "rabbitmq_version", "product_name", "product_version");
        file.ignore("original_cluster_name", "original_vhost_name", "explanation");
        checkFormat();
        if (onlyHost == null) {
            readWhole();
        } else {
            file.ignore("users", "vhosts", "permissions", "topic_permissions", "global_parameters");
            readHost(onlyHost);
        }
        each("exchanges", this::exchange);
        each("policies", item -> add(item, Policies.user(item, host(item))));
        each("parameters", this::parameter);
        each("queues", this::queue);
        each("bindings", this::binding);
        attempt(() -> file.finish(this::unknown));
        if (!problems.isEmpty()) {
            throw new DefinitionsException(problems);
        }
        return new Definitions(stated, notes);
    }

    private void checkFormat() {
        String format = file.maybeText("rabbitmq_definition_format").orElse("");
        if (format.equals(ONE_HOST) && onlyHost == null) {
            throw new Problem(
                    file.get("rabbitmq_definition_format").place(),
                    "says that the file is of one virtual host: import it into one");
        }
    }

    private void readWhole() {
        file.ignore("metadata", "description", "default_queue_type", "limits");
        each("vhosts", this::virtualHost);
        each("users", this::user);
        each("permissions", item -> add(item, Rights.permissions(item)));
        each("topic_permissions", item -> add(item, Rights.topicPermissions(item)));
        each("global_parameters", this::globalParameter);
    }

    /// What an export of one host says of the host itself.
    private void readHost(String name) {
        attempt(() -> {
            boolean saysSomething = file.find("metadata") != null || file.find("description") != null;
            var host = VirtualHosts.stated(file, current(name));
            if (saysSomething) {
                add(file, new AdminChange.PutVirtualHost(host));
            }
            limits(file, name);
        });
    }

    private void virtualHost(Item item) {
        String name = item.name("name");
        item.ignore("cluster_state");
        add(item, new AdminChange.PutVirtualHost(VirtualHosts.stated(item, current(name))));
        limits(item, name);
    }

    private VirtualHostSpec current(String name) {
        return known.virtualHost().apply(name).orElseGet(() -> VirtualHostSpec.named(name));
    }

    private void limits(Item item, String host) {
        item.numbers("limits").forEach((limit, value) -> add(item, new SetVirtualHostLimit(host, limit, value)));
    }

    private void user(Item item) {
        var user = Users.stated(item, known.hashing());
        add(item, new AdminChange.PutUser(user));
        item.numbers("limits").forEach((limit, value) -> add(item, new SetUserLimit(user.name(), limit, value)));
    }

    private void globalParameter(Item item) {
        String json = JsonText.of(item.getOrNull("value"));
        add(item, new PutParameter(new Parameter(null, "", item.name("name"), json)));
    }

    /// Three things that RabbitMQ keeps as parameters too are no parameters here.
    private void parameter(Item item) {
        String host = host(item);
        String component = item.name("component");
        String name = item.name("name");
        var value = item.getOrNull("value");
        switch (component) {
            case "vhost-limits" ->
                Item.numbers(value).forEach((limit, number) -> add(item, new SetVirtualHostLimit(host, limit, number)));
            case "policy" -> policy(Item.of(value), policy -> add(item, Policies.user(policy, host, name)));
            case "operator_policy" ->
                policy(Item.of(value), policy -> add(item, Policies.operator(policy, host, name)));
            default -> add(item, new PutParameter(new Parameter(host, component, name, JsonText.of(value))));
        }
    }

    private void policy(Item value, Consumer<Item> reader) {
        reader.accept(value);
        value.finish(this::unknown);
    }

    private void exchange(Item item) {
        String host = host(item);
        String name = item.text("name");
        var spec = new ExchangeSpec(
                name,
                item.text("type"),
                item.flag("durable"),
                item.maybeFlag("auto_delete").orElse(false),
                item.maybeFlag("internal").orElse(false),
                item.arguments("arguments"));
        item.ignore("policy", "user_who_performed_action");
        if (name.isEmpty() || name.startsWith(RESERVED)) {
            note(item.place(), "every virtual host has its own " + (name.isEmpty() ? "default exchange" : name));
        } else {
            add(item, new AdminChange.DeclareExchange(host, spec));
        }
    }

    private void queue(Item item) {
        String host = host(item);
        var spec = Queues.stated(item);
        if (spec.name().startsWith(RESERVED)) {
            note(item.place(), "a queue whose name the broker made belongs to the connection that asked for it");
        } else {
            add(item, new AdminChange.DeclareQueue(host, spec));
        }
    }

    private void binding(Item item) {
        String host = host(item);
        var spec = Queues.binding(item);
        if (spec.source().isEmpty()) {
            note(item.place(), "every queue is bound to the default exchange by its name");
        } else if (Queues.leadsToGenerated(spec)) {
            note(item.place(), "a queue whose name the broker made belongs to the connection that asked for it");
        } else {
            add(item, new AdminChange.Bind(host, known.binding().apply(host, spec)));
        }
    }

    private String host(Item item) {
        if (onlyHost == null) {
            return item.name("vhost");
        }
        item.ignore("vhost");
        return onlyHost;
    }

    private void each(String category, Consumer<Item> reader) {
        attempt(() -> {
            switch (file.find(category)) {
                case null -> {
                    // says nothing of these
                }
                case Json.Array(Place _, var items) ->
                    items.forEach(value -> attempt(() -> {
                        var item = Item.of(value);
                        reader.accept(item);
                        item.finish(this::unknown);
                    }));
                case Json other -> throw new Problem(other.place(), "has to be an array, not " + other.kind());
            }
        });
    }

    private void attempt(Runnable reading) {
        try {
            reading.run();
        } catch (Problem problem) {
            problems.add(problem.text());
        }
    }

    private void add(Item item, AdminChange change) {
        stated.add(new Stated(item.place().toString(), change));
    }

    private void unknown(Place place) {
        note(place, "says nothing to this broker");
    }

    private void note(Place place, String why) {
        notes.add(place + " is passed over: " + why);
    }
}
