package io.posthorn.console.api;

import static io.posthorn.console.http.Access.ADMINISTRATOR;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerException.NotFound;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.BrokerException.VirtualHostNotFound;
import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.topology.Topology;
import io.posthorn.console.Node;
import io.posthorn.console.definitions.Definitions;
import io.posthorn.console.definitions.DefinitionsException;
import io.posthorn.console.definitions.DefinitionsPlan;
import io.posthorn.console.definitions.DefinitionsReader;
import io.posthorn.console.definitions.DefinitionsWriter;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Json;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Everything that is declared and decided, as a file: out, in, and what it would change.
///
/// @param hashing makes a credential of a password; takes its time
record DefinitionRoutes(Administering broker, Node node, Function<String, Credential> hashing) {
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9._-]{1,200}");

    List<Route> routes() {
        return List.of(
                Route.get("/api/definitions", ADMINISTRATOR, this::export)
                        .says("Everything that is declared and decided, as a file.")
                        .query("download", "string", "The name of the file, for browsers."),
                imports(Route.post("/api/definitions", ADMINISTRATOR, this::importAll)
                        .says("Makes everything that a file says, or nothing of it.")),
                Route.get("/api/definitions/{vhost}", ADMINISTRATOR, this::exportHost)
                        .says("What is declared and decided in a virtual host, as a file.")
                        .query("download", "string", "The name of the file, for browsers."),
                imports(Route.post("/api/definitions/{vhost}", ADMINISTRATOR, this::importHost)
                        .says("Makes in a virtual host what a file says, or nothing of it.")));
    }

    private static Route imports(Route route) {
        return route.query("dry_run", "boolean", "Says what would change, and changes nothing.");
    }

    private Answer export(Request request) {
        return file(request, writer(broker.current())::writeAll);
    }

    private Answer exportHost(Request request) {
        var topology = broker.current();
        String host = request.segment("vhost");
        if (!topology.hasVirtualHost(host)) {
            throw HttpFailure.badRequest("vhost_not_found");
        }
        return file(request, out -> writer(topology).writeHost(host, out));
    }

    private DefinitionsWriter writer(Topology topology) {
        return new DefinitionsWriter(topology, node.name(), node.identity());
    }

    private static Answer file(Request request, Answer.Content content) {
        var written = request.query("columns")
                .filter(columns -> !columns.isBlank())
                .map(columns -> only(columns, content))
                .orElse(content);
        var answer = new Answer(200, Map.of(), "application/json", written);
        return request.query("download")
                .filter(name -> FILE_NAME.matcher(name).matches())
                .map(name -> answer.with("content-disposition", "attachment; filename=" + name))
                .orElse(answer);
    }

    /// Of the members of a file, those that were asked for.
    private static Answer.Content only(String columns, Answer.Content content) {
        return out -> {
            var whole = new ByteArrayOutputStream();
            content.write(whole);
            var members = Json.parseObject(whole.toByteArray()).retain(columns.split(",", -1));
            out.write(Json.text(members).getBytes(StandardCharsets.UTF_8));
        };
    }

    private Answer importAll(Request request) {
        return take(request, file -> DefinitionsReader.read(file, broker.current(), hashing));
    }

    private Answer importHost(Request request) {
        String host = request.segment("vhost");
        if (!broker.current().hasVirtualHost(host)) {
            throw HttpFailure.notFound("vhost_not_found");
        }
        return take(request, file -> DefinitionsReader.readInto(host, file, broker.current(), hashing));
    }

    private Answer take(Request request, Function<byte[], Definitions> reader) {
        var upload = Upload.of(request);
        byte[] file = upload.file().toByteArray();
        if (file.length == 0) {
            return Answer.noContent();
        }
        var definitions = read(file, reader);
        if (request.flag("dry_run")) {
            return PlanAnswer.of(plan(request, definitions));
        }
        make(request, definitions);
        return upload.redirect()
                .map(there -> Answer.empty(303).with("location", there))
                .orElseGet(Answer::noContent);
    }

    private static Definitions read(byte[] file, Function<byte[], Definitions> reader) {
        try {
            return reader.apply(file);
        } catch (DefinitionsException e) {
            String why = String.valueOf(e.getMessage());
            throw HttpFailure.badRequest(e.isJson() ? why : "failed_to_parse_json: " + why);
        }
    }

    private DefinitionsPlan plan(Request request, Definitions definitions) {
        return DefinitionsPlan.of(definitions, broker.broker().administration(), request.caller());
    }

    private void make(Request request, Definitions definitions) {
        try {
            broker.apply(request.caller(), definitions.changes());
        } catch (NotFound | VirtualHostNotFound | PreconditionFailed refused) {
            // Whatever is missing is missing in the file, not in the path.
            throw HttpFailure.badRequest(refusal(request, definitions, refused));
        }
    }

    /// With its place in the file, unless it is gone meanwhile.
    private String refusal(Request request, Definitions definitions, BrokerException refused) {
        return plan(request, definitions).refusal().orElse(String.valueOf(refused.getMessage()));
    }
}
